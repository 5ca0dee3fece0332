import { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import { Partner } from "../../entities/partners/partner";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { isOfCustomer } from "../access/actor";
import type { Caller } from "../access/grant";
import type { Instant } from "../values/instant";
import { cachedCount } from "../unit-of-work/cached-counts";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type DueRow, orderByDue } from "../jobs/due-rows";
import { type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import {
  grantsOf,
  rangesOf,
  scopeOf,
  visibleBy,
  type VisibilityRule,
  visibilityRules,
} from "../database/scope";
import { and, byIndex, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";
import type { Seller } from "./acceptance";
import { hashToken, isToken } from "./invitation-link";

const NEWEST_FIRST: KeysetOrder = {
  name: "invitation",
  column: "id",
  id: "id",
  direction: "DESC",
};

const SCOPED = { partner: ["partnerId", "providerId"], customer: ["customerId"], about: "customerId" };

/**
 * The invitations that a caller may see: the inviter's own, those that name its partner as the provider, and those
 * that the customer's organization was named in or has answered.
 */
export function invitationsVisibleTo(caller: Caller): Sql {
  return visibleBy("invitation", visibilityRules(scopeOf(caller, "invitation.read"), SCOPED));
}

/** One page of the invitations that the caller may see, newest first; by status as it is at an instant. */
export function pageOfInvitations(
  ctx: UseCaseContext,
  status: InvitationStatus | null | undefined,
  page: PageRequest,
): Promise<Page<Invitation>> {
  const now = ctx.now();
  const scope = scopeOf(ctx, "invitation.read");
  const rules = visibilityRules(scope, SCOPED);
  const ofCustomer = isOfCustomer(ctx.actor);
  const indexOf = (key: string) => {
    if (grantsOf(scope)) return "invitation_by_customer_id_id";
    return status && !ofCustomer ? `invitation_by_${key}_status_id` : `invitation_by_${key}_id`;
  };
  const stored = status && !ofCustomer ? hasStatus(status, now) : sql`1 = 1`;
  const ranges = rangesOf("invitation", rules, indexOf, [stored]);
  if (status === InvitationStatus.EXPIRED && !ofCustomer) ranges.push(...overdue(rules, now));
  // Between pending and expired lies the clock: the stored status does not tell.
  const isTimely = status === InvitationStatus.PENDING || status === InvitationStatus.EXPIRED;
  const counted = { kind: ActivityResource.INVITATION, status, permission: "invitation.read" } as const;
  return readPage(ctx, Invitation, ranges, NEWEST_FIRST, {
    page,
    cachedCount: isTimely ? undefined : cachedCount(ctx, counted),
    rest: status && ofCustomer ? customerSees(status, now) : undefined,
  });
}

/** What is stored of an invitation of that status; `+` keeps SQLite from the deadlines' index, which is everybody's. */
function hasStatus(status: InvitationStatus, now: Instant): Sql {
  const { PENDING } = InvitationStatus;
  return status === PENDING ? sql`status = ${PENDING} AND +expiresAt > ${now}` : sql`status = ${status}`;
}

/**
 * What has expired and is stored as pending for half a minute at most, until time has come round: by the deadlines of
 * everybody, of which few are over, since an organization's pending invitations may be many.
 */
function overdue(rules: readonly VisibilityRule[], now: Instant): Sql[] {
  const from = sql`FROM invitation ${byIndex("invitation_by_status_expires_at_id")}
    WHERE status = ${InvitationStatus.PENDING} AND expiresAt <= ${now}`;
  return rules.map(({ holds }) => and(from, sql`+(${holds(sql`invitation`)})`));
}

/** A customer's invitations are one range, whatever their status. */
function customerSees(status: InvitationStatus, now: Instant): Sql {
  const { PENDING, EXPIRED } = InvitationStatus;
  const pending = sql`+status = ${PENDING}`;
  if (status === PENDING) return sql`${pending} AND +expiresAt > ${now}`;
  if (status === EXPIRED) return sql`+status = ${EXPIRED} OR (${pending} AND +expiresAt <= ${now})`;
  return sql`+status = ${status}`;
}

/** Invitations of these ids that the caller may see. */
export function findVisibleInvitations(
  caller: Caller,
  reads: Reads,
  ids: readonly string[],
): Promise<Invitation[]> {
  return reads.all(Invitation, sql`${invitationsVisibleTo(caller)} AND id IN ${ids}`);
}

/** An invitation that a partner made itself, locked until the end of the transaction. */
export function lockOwnInvitation(
  tx: Transaction,
  partnerId: string,
  id: string,
): Promise<Invitation | null> {
  return tx.one(Invitation, tx.locked(sql`FROM invitation WHERE id = ${id} AND partnerId = ${partnerId}`));
}

/** The invitation behind a link; check the caller by canView before showing it. */
export function findInvitationByToken(reads: Reads, token: string): Promise<Invitation | null> {
  return isToken(token) ? reads.one(Invitation, byToken(token)) : Promise.resolve(null);
}

/** The invitation behind a link, locked until the end of the transaction: two clicks, or a click against a revoke. */
export function lockInvitationByToken(tx: Transaction, token: string): Promise<Invitation | null> {
  return isToken(token) ? tx.one(Invitation, tx.locked(byToken(token))) : Promise.resolve(null);
}

function byToken(token: string): Sql {
  return sql`FROM invitation WHERE tokenHash = ${hashToken(token)}`;
}

/** Whom an invitation brings together. */
export interface Parties {
  /** Null where it is not known yet. */
  customer: Customer | null;
  /** Those that the customer is bound to: the inviting partner first, then its provider. */
  sellers: [Seller, ...Seller[]];
}

/** The parties of an invitation and what they are to each other already, with one statement that locks nothing. */
export async function findParties(
  reads: Reads,
  { partnerId, providerId }: Invitation,
  customerId: string | null,
): Promise<Parties> {
  const rows = await reads.joined(
    { partner: Partner, customer: Customer, before: ResellerRelationship },
    sql`FROM partner LEFT JOIN customer ON customer.id = ${customerId}
      LEFT JOIN reseller_relationship
        ON reseller_relationship.partnerId = partner.id AND reseller_relationship.customerId = customer.id
      WHERE partner.id IN ${providerId ? [partnerId, providerId] : [partnerId]}`,
  );
  const sellerOf = (id: string): Seller => {
    const { partner, before = null } = rows.find((row) => row.partner?.id === id) ?? {};
    if (!partner) throw new Error(`an invitation names ${id}, which is no partner`);
    return { partner, before };
  };
  const sellers = providerId ? [sellerOf(providerId)] : [];
  return { customer: rows[0]?.customer ?? null, sellers: [sellerOf(partnerId), ...sellers] };
}

/** The invitation that holds a pending key, locked until the end of the transaction. */
export function lockPendingInvitation(tx: Transaction, pendingKey: string): Promise<Invitation | null> {
  return tx.one(Invitation, tx.locked(sql`FROM invitation WHERE pendingKey = ${pendingKey}`));
}

/** The pending invitations whose deadline has passed, those that waited longest first. */
export function findDueInvitations(
  reads: Reads,
  now: Instant,
  after: DueRow | undefined,
  most: number,
): Promise<DueRow[]> {
  const pending = sql`FROM invitation WHERE status = ${InvitationStatus.PENDING}`;
  return orderByDue(reads, pending, "expiresAt", { now, after, most });
}

/** Those of the invitations that are still pending and that nobody else is at, locked until the end of the transaction. */
export function lockDueInvitations(tx: Transaction, ids: string[]): Promise<Invitation[]> {
  const due = sql`FROM invitation WHERE id IN ${ids} AND status = ${InvitationStatus.PENDING}
    AND expiresAt <= ${tx.now} ORDER BY expiresAt`;
  return tx.all(Invitation, tx.lockedIfFree(due));
}

import type { SelectQueryBuilder } from "typeorm";
import { ActivityResource } from "../../entities/audit/activity-record";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import { type Actor, isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Instant } from "../context/instant";
import type { UseCaseContext } from "../context/use-case-context";
import { type DueRow, orderByDue } from "../database/due-rows";
import { keyset, type KeysetOrder, type Page, pageOf, type PageRequest } from "../database/paging";
import type { Reads } from "../database/reads";
import { counting } from "../database/row-counts";
import type { Transaction } from "../database/transaction";
import { hashToken } from "./invitation-link";

const NEWEST_FIRST: KeysetOrder = {
  name: "invitation",
  column: "invitation.id",
  id: "invitation.id",
  direction: "DESC",
};

/**
 * The invitations that an actor may see: the inviter's own, those that name its partner as the provider, and those
 * that the customer's organization was named in or has answered.
 */
export function invitationsVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<Invitation> {
  const select = reads.from(Invitation, "invitation");
  if (actor.kind === "SYSTEM") return select;
  if (!mayUse(actor, "invitation.read")) return select.where("1 = 0");
  const me = organizationOf(actor);
  return isOfPartner(actor)
    ? select.where("(invitation.partnerId = :me OR invitation.providerId = :me)", { me })
    : select.where("invitation.customerId = :me", { me });
}

/** One page of the invitations that the actor may see, newest first; by status as it is at an instant. */
export async function pageOfInvitations(
  ctx: UseCaseContext,
  status: InvitationStatus | null | undefined,
  page: PageRequest,
): Promise<Page<Invitation>> {
  const now = ctx.now();
  const filtered = (reads: Reads) => withStatus(invitationsVisibleTo(ctx.actor, reads), status, now);
  const rows = await ctx.read((reads) => keyset(filtered(reads), NEWEST_FIRST, page).getMany());
  // Between pending and expired lies the clock: the stored status does not tell.
  const isTimely = status === InvitationStatus.PENDING || status === InvitationStatus.EXPIRED;
  const whole = { kind: ActivityResource.INVITATION, status, permission: "invitation.read" } as const;
  const count = counting(ctx, isTimely ? undefined : whole, (reads) => filtered(reads).getCount());
  return pageOf(rows, NEWEST_FIRST, page, (row) => [row.id, row.id], count);
}

function withStatus(
  select: SelectQueryBuilder<Invitation>,
  status: InvitationStatus | null | undefined,
  now: string,
): SelectQueryBuilder<Invitation> {
  if (!status) return select;
  const pending = { pending: InvitationStatus.PENDING, now };
  if (status === InvitationStatus.PENDING) {
    return select.andWhere("invitation.status = :pending AND invitation.expiresAt > :now", pending);
  }
  if (status === InvitationStatus.EXPIRED) {
    const expired =
      "(invitation.status = :expired OR (invitation.status = :pending AND invitation.expiresAt <= :now))";
    return select.andWhere(expired, { ...pending, expired: status });
  }
  return select.andWhere("invitation.status = :status", { status });
}

/** Invitations of these ids that the actor may see. */
export function findVisibleInvitations(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<Invitation[]> {
  return invitationsVisibleTo(actor, reads).andWhere("invitation.id IN (:...ids)", { ids }).getMany();
}

/** An invitation that a partner made itself, locked until the end of the transaction. */
export function lockOwnInvitation(
  tx: Transaction,
  partnerId: string,
  id: string,
): Promise<Invitation | null> {
  return tx
    .locked(tx.from(Invitation, "invitation"))
    .where("invitation.id = :id AND invitation.partnerId = :partnerId", { id, partnerId })
    .getOne();
}

/** The invitation behind a link; whoever asks must still be checked by mayLearnOf. */
export function findInvitationByToken(reads: Reads, token: string): Promise<Invitation | null> {
  return byToken(reads, token).getOne();
}

/** The invitation behind a link, locked until the end of the transaction: two clicks, or a click against a revoke. */
export function lockInvitationByToken(tx: Transaction, token: string): Promise<Invitation | null> {
  return tx.locked(byToken(tx, token)).getOne();
}

function byToken(reads: Reads, token: string): SelectQueryBuilder<Invitation> {
  return reads
    .from(Invitation, "invitation")
    .where("invitation.tokenHash = :hash", { hash: hashToken(token) });
}

/** The invitation that holds a pending key, locked until the end of the transaction. */
export function lockPendingInvitation(tx: Transaction, pendingKey: string): Promise<Invitation | null> {
  return tx
    .locked(tx.from(Invitation, "invitation"))
    .where("invitation.pendingKey = :pendingKey", { pendingKey })
    .getOne();
}

/** The pending invitations whose deadline has passed, those that waited longest first. */
export function findDueInvitations(
  reads: Reads,
  now: Instant,
  after: DueRow | undefined,
  limit: number,
): Promise<DueRow[]> {
  const columns = { dueAt: "invitation.expiresAt", id: "invitation.id" };
  const pending = reads
    .from(Invitation, "invitation")
    .where("invitation.status = :pending", { pending: InvitationStatus.PENDING });
  return orderByDue(pending, columns, now, after, limit);
}

/** Those of the invitations that are still pending and that nobody else is at, locked until the end of the transaction. */
export function lockDueInvitations(tx: Transaction, ids: string[]): Promise<Invitation[]> {
  return tx
    .lockedIfFree(tx.from(Invitation, "invitation"))
    .where("invitation.id IN (:...ids) AND invitation.status = :pending", {
      ids,
      pending: InvitationStatus.PENDING,
    })
    .andWhere("invitation.expiresAt <= :now", { now: tx.now })
    .orderBy("invitation.expiresAt")
    .getMany();
}

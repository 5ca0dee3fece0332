import { ActivityResource } from "../../entities/audit/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { PartnershipStatus } from "../../entities/partners/partnership";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { type Actor, isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import { and, byIndex, name, type Sql, sql } from "../database/sql";
import type { Transaction } from "../database/transaction";
import type { VisiblePartner } from "../partners";

const ID = "reseller_relationship.id";
const BY_AGE: KeysetOrder = { name: "relationship", column: ID, id: ID, direction: "ASC" };

/** Which relationships a list is asked for. */
export interface RelationshipFilter {
  customerId?: string | null;
  status?: RelationshipStatus | null;
}

/** The actor's own organization's relationships, ended ones too. */
function ownRelationships(actor: Actor, hint = sql``): Sql {
  return sql`FROM reseller_relationship ${hint} WHERE ${isOwn(actor)}`;
}

function isOwn(actor: Actor): Sql {
  if (actor.kind === "SYSTEM") return sql`1 = 1`;
  if (!mayUse(actor, "relationship.read")) return sql`1 = 0`;
  const side = name(isOfPartner(actor) ? "partnerId" : "customerId");
  return sql`reseller_relationship.${side} = ${organizationOf(actor) ?? ""}`;
}

/**
 * The relationships that an actor may see: its own organization's; and a partner also those that a provider or
 * reseller it has a partnership with holds to the same customer now. A partner never learns of other partners.
 */
export function relationshipsVisibleTo(actor: Actor, alsoFrom = sql``): Sql {
  const from = sql`FROM reseller_relationship ${alsoFrom} WHERE`;
  if (!isOfPartner(actor) || !mayUse(actor, "relationship.read")) return sql`${from} ${isOwn(actor)}`;
  const me = actor.partnerId;
  return sql`${from} (reseller_relationship.partnerId = ${me}
    OR (reseller_relationship.status = ${RelationshipStatus.ACTIVE} AND EXISTS (
      SELECT 1 FROM reseller_relationship mine WHERE mine.partnerId = ${me} AND mine.status = ${RelationshipStatus.ACTIVE}
      AND mine.customerId = reseller_relationship.customerId)
    AND EXISTS (
      SELECT 1 FROM partnership WHERE partnership.status = ${PartnershipStatus.ACTIVE} AND (
        (partnership.resellerId = ${me} AND partnership.providerId = reseller_relationship.partnerId) OR
        (partnership.providerId = ${me} AND partnership.resellerId = reseller_relationship.partnerId)))))`;
}

/** One page of the actor's own organization's relationships, oldest first. */
export function pageOfRelationships(
  ctx: UseCaseContext,
  { customerId, status }: RelationshipFilter,
  page: PageRequest,
): Promise<Page<ResellerRelationship>> {
  const found = (hint?: Sql) =>
    and(
      ownRelationships(ctx.actor, hint),
      customerId && sql`customerId = ${customerId}`,
      status && sql`status = ${status}`,
    );
  // A customer has a handful, and so has a partner of one customer.
  const isLong = isOfPartner(ctx.actor) && !customerId;
  const hint = byIndex(status ? "relationship_by_partner_and_status" : "relationship_by_partner");
  const ranges = isLong ? [found(hint)] : undefined;
  const whole = { kind: ActivityResource.RELATIONSHIP, status, permission: "relationship.read" } as const;
  return readPage(ctx, ResellerRelationship, found(), BY_AGE, {
    page,
    ranges,
    whole: customerId ? undefined : whole,
  });
}

/** What a customer's reader sees of a relationship, with its partner. */
export type ListedRelationship = Pick<
  ResellerRelationship,
  | "id"
  | "customerId"
  | "partnerId"
  | "kind"
  | "status"
  | "invitationId"
  | "establishedAt"
  | "removedAt"
  | "version"
> & { partner: VisiblePartner };

type ListedRow = Omit<ListedRelationship, "partner"> & Omit<VisiblePartner, "id">;

/**
 * The active relationships of these customers that the actor may see, oldest first, each with its partner: a reader of the
 * one nearly always wants the other, and there are few partners.
 */
export async function findActiveRelationshipsOf(
  actor: Actor,
  reads: Reads,
  customerIds: readonly string[],
): Promise<ListedRelationship[]> {
  const scope = relationshipsVisibleTo(
    actor,
    sql`JOIN partner ON partner.id = reseller_relationship.partnerId`,
  );
  const rows = await reads.list<ListedRow>(sql`SELECT ${LISTED} ${scope}
    AND reseller_relationship.customerId IN ${customerIds} AND reseller_relationship.status = ${RelationshipStatus.ACTIVE}
    ORDER BY reseller_relationship.customerId, reseller_relationship.id`);
  return rows.map(({ name: partnerName, programmeRole, country, cloud, domain, ...relationship }) => ({
    ...relationship,
    partner: { id: relationship.partnerId, name: partnerName, programmeRole, country, cloud, domain },
  }));
}

const LISTED = sql`reseller_relationship.id AS id, reseller_relationship.customerId AS customerId,
  reseller_relationship.partnerId AS partnerId, reseller_relationship.kind AS kind,
  reseller_relationship.status AS status, reseller_relationship.invitationId AS invitationId,
  reseller_relationship.establishedAt AS establishedAt, reseller_relationship.removedAt AS removedAt,
  reseller_relationship.version AS version, partner.name AS name, partner.programmeRole AS programmeRole,
  partner.country AS country, partner.cloud AS cloud, partner.domain AS domain`;

/** The relationships of these ids that the actor may see. */
export function findVisibleRelationships(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<ResellerRelationship[]> {
  return reads.all(
    ResellerRelationship,
    sql`${relationshipsVisibleTo(actor)} AND reseller_relationship.id IN ${ids}`,
  );
}

/** A relationship of the actor's own organization, locked until the end of the transaction. */
export function lockOwnRelationship(
  actor: Actor,
  tx: Transaction,
  id: string,
): Promise<ResellerRelationship | null> {
  return tx.one(ResellerRelationship, tx.locked(sql`${ownRelationships(actor)} AND id = ${id}`));
}

/** Both sides of a relationship that the caller was allowed to read, with one statement. */
export async function getParties(
  reads: Reads,
  { partnerId, customerId }: ResellerRelationship,
): Promise<{ partner: Partner; customer: Customer }> {
  const both = sql`FROM partner JOIN customer ON customer.id = ${customerId} WHERE partner.id = ${partnerId}`;
  const [partner, customer] = await reads.getBoth(Partner, Customer, both);
  return { partner, customer };
}

/** The relationship of a partner with a customer, in whatever state. */
export function findRelationshipBetween(
  reads: Reads,
  partnerId: string,
  customerId: string,
): Promise<ResellerRelationship | null> {
  return reads.one(ResellerRelationship, between(partnerId, customerId));
}

/** The relationship of a partner with a customer, in whatever state, locked until the end of the transaction. */
export function lockRelationshipBetween(
  tx: Transaction,
  partnerId: string,
  customerId: string,
): Promise<ResellerRelationship | null> {
  return tx.one(ResellerRelationship, tx.locked(between(partnerId, customerId)));
}

function between(partnerId: string, customerId: string): Sql {
  return sql`FROM reseller_relationship WHERE partnerId = ${partnerId} AND customerId = ${customerId}`;
}

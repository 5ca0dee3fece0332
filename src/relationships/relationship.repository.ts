import type { SelectQueryBuilder } from "typeorm";
import { ActivityResource } from "../../entities/audit/activity-record";
import type { Customer } from "../../entities/customers/customer";
import type { Partner } from "../../entities/partners/partner";
import { PartnershipStatus } from "../../entities/partners/partnership";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { type Actor, isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { keyset, type KeysetOrder, type Page, pageOf, type PageRequest } from "../database/paging";
import type { Reads } from "../database/reads";
import { counting } from "../database/row-counts";
import type { Transaction } from "../database/transaction";

const BY_AGE: KeysetOrder = {
  name: "relationship",
  column: "relationship.id",
  id: "relationship.id",
  direction: "ASC",
};

/** Which relationships a list is asked for. */
export interface RelationshipFilter {
  customerId?: string | null;
  status?: RelationshipStatus | null;
}

/** The actor's own organization's relationships, ended ones too. */
function ownRelationships(actor: Actor, reads: Reads): SelectQueryBuilder<ResellerRelationship> {
  const select = reads.from(ResellerRelationship, "relationship");
  if (actor.kind === "SYSTEM") return select;
  if (!mayUse(actor, "relationship.read")) return select.where("1 = 0");
  const me = organizationOf(actor);
  const side = isOfPartner(actor) ? "partnerId" : "customerId";
  return select.where(`relationship.${side} = :me`, { me });
}

/**
 * The relationships that an actor may see: its own organization's; and a partner also those that a provider or
 * reseller it has a partnership with holds to the same customer now. A partner never learns of other partners.
 */
export function relationshipsVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<ResellerRelationship> {
  if (!isOfPartner(actor) || !mayUse(actor, "relationship.read")) return ownRelationships(actor, reads);
  return reads
    .from(ResellerRelationship, "relationship")
    .where(`(relationship.partnerId = :me OR (${SHARED_CUSTOMER} AND ${IN_PARTNERSHIP}))`, {
      me: actor.partnerId,
      active: RelationshipStatus.ACTIVE,
      activePartnership: PartnershipStatus.ACTIVE,
    });
}

const SHARED_CUSTOMER = `relationship.status = :active AND EXISTS (
  SELECT 1 FROM reseller_relationship mine WHERE mine.partnerId = :me AND mine.status = :active
  AND mine.customerId = relationship.customerId)`;
const IN_PARTNERSHIP = `EXISTS (
  SELECT 1 FROM partnership WHERE partnership.status = :activePartnership AND (
    (partnership.resellerId = :me AND partnership.providerId = relationship.partnerId) OR
    (partnership.providerId = :me AND partnership.resellerId = relationship.partnerId)))`;

/** One page of the actor's own organization's relationships, oldest first. */
export async function pageOfRelationships(
  ctx: UseCaseContext,
  filter: RelationshipFilter,
  page: PageRequest,
): Promise<Page<ResellerRelationship>> {
  const filtered = (reads: Reads) => {
    const select = ownRelationships(ctx.actor, reads);
    if (filter.customerId)
      select.andWhere("relationship.customerId = :customerId", { customerId: filter.customerId });
    if (filter.status) select.andWhere("relationship.status = :status", { status: filter.status });
    return select;
  };
  const rows = await ctx.read((reads) => keyset(filtered(reads), BY_AGE, page).getMany());
  const whole = {
    kind: ActivityResource.RELATIONSHIP,
    status: filter.status,
    permission: "relationship.read",
  } as const;
  const count = counting(ctx, filter.customerId ? undefined : whole, (reads) => filtered(reads).getCount());
  return pageOf(rows, BY_AGE, page, (row) => [row.id, row.id], count);
}

/**
 * The active relationships of these customers that the actor may see, each with its partner: a reader of the one
 * nearly always wants the other, and there are few partners.
 */
export function findActiveRelationshipsOf(
  actor: Actor,
  reads: Reads,
  customerIds: readonly string[],
): Promise<ResellerRelationship[]> {
  return relationshipsVisibleTo(actor, reads)
    .innerJoinAndSelect("relationship.partner", "partner")
    .andWhere("relationship.customerId IN (:...customerIds)", { customerIds })
    .andWhere("relationship.status = :status", { status: RelationshipStatus.ACTIVE })
    .orderBy("relationship.id")
    .getMany();
}

/** The relationships of these ids that the actor may see. */
export function findVisibleRelationships(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<ResellerRelationship[]> {
  return relationshipsVisibleTo(actor, reads).andWhere("relationship.id IN (:...ids)", { ids }).getMany();
}

/** A relationship of the actor's own organization, locked until the end of the transaction. */
export function lockOwnRelationship(
  actor: Actor,
  tx: Transaction,
  id: string,
): Promise<ResellerRelationship | null> {
  return tx.locked(ownRelationships(actor, tx)).andWhere("relationship.id = :id", { id }).getOne();
}

/** Both sides of a relationship that the caller was allowed to read, with one statement. */
export async function getParties(
  reads: Reads,
  id: string,
): Promise<{ partner: Partner; customer: Customer }> {
  const { partner, customer } = await reads
    .from(ResellerRelationship, "relationship")
    .innerJoinAndSelect("relationship.partner", "partner")
    .innerJoinAndSelect("relationship.customer", "customer")
    .where("relationship.id = :id", { id })
    .getOneOrFail();
  if (!partner || !customer) throw new Error(`relationship ${id} has lost a side`);
  return { partner, customer };
}

/** The relationship of a partner with a customer, in whatever state. */
export function findRelationshipBetween(
  reads: Reads,
  partnerId: string,
  customerId: string,
): Promise<ResellerRelationship | null> {
  return between(reads, partnerId, customerId).getOne();
}

/** The relationship of a partner with a customer, in whatever state, locked until the end of the transaction. */
export function lockRelationshipBetween(
  tx: Transaction,
  partnerId: string,
  customerId: string,
): Promise<ResellerRelationship | null> {
  return tx.locked(between(tx, partnerId, customerId)).getOne();
}

function between(
  reads: Reads,
  partnerId: string,
  customerId: string,
): SelectQueryBuilder<ResellerRelationship> {
  return reads
    .from(ResellerRelationship, "relationship")
    .where("relationship.partnerId = :partnerId AND relationship.customerId = :customerId", {
      partnerId,
      customerId,
    });
}

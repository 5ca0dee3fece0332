import type { SelectQueryBuilder } from "typeorm";
import { ActivityResource } from "../../entities/audit/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Offer } from "../../entities/catalog/offer";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { type Actor, isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Instant } from "../context/instant";
import type { UseCaseContext } from "../context/use-case-context";
import { groupBy } from "../database/batching";
import { type DueRow, orderByDue } from "../database/due-rows";
import {
  keyset,
  type KeysetOrder,
  lastIdBefore,
  type Page,
  pageOf,
  type PageRequest,
} from "../database/paging";
import type { Reads } from "../database/reads";
import { counting } from "../database/row-counts";
import type { Transaction } from "../database/transaction";

/** Subscriptions in the order they were made. */
const BY_AGE: KeysetOrder = {
  name: "subscription",
  column: "subscription.id",
  id: "subscription.id",
  direction: "ASC",
};

/** Which subscriptions a list is asked for. */
export interface SubscriptionFilter {
  customerId?: string | null;
  status?: SubscriptionStatus | null;
}

/**
 * The subscriptions that an actor may see: a partner's user those that it sold or is the reseller of record of,
 * also when the relationship has ended; a customer's user its own.
 */
export function subscriptionsVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<Subscription> {
  const select = reads.from(Subscription, "subscription");
  if (actor.kind === "SYSTEM") return select;
  if (!mayUse(actor, "subscription.read")) return select.where("1 = 0");
  const me = organizationOf(actor);
  return isOfPartner(actor)
    ? select.where("(subscription.partnerId = :me OR subscription.resellerId = :me)", { me })
    : select.where("subscription.customerId = :me", { me });
}

/** One page of the subscriptions that the actor may see, oldest first. */
export async function pageOfSubscriptions(
  ctx: UseCaseContext,
  filter: SubscriptionFilter,
  page: PageRequest,
): Promise<Page<Subscription>> {
  const filtered = (reads: Reads) => {
    const select = subscriptionsVisibleTo(ctx.actor, reads);
    if (filter.customerId)
      select.andWhere("subscription.customerId = :customerId", { customerId: filter.customerId });
    if (filter.status) select.andWhere("subscription.status = :status", { status: filter.status });
    return select;
  };
  const rows = await ctx.read((reads) => keyset(filtered(reads), BY_AGE, page).getMany());
  const whole = {
    kind: ActivityResource.SUBSCRIPTION,
    status: filter.status,
    permission: "subscription.read",
  } as const;
  const count = counting(ctx, filter.customerId ? undefined : whole, (reads) => filtered(reads).getCount());
  return subscriptionPage(rows, page, count);
}

/** Makes a page of rows that were found in the order of their making. */
export function subscriptionPage(
  rows: Subscription[],
  page: PageRequest,
  count: () => Promise<number>,
): Page<Subscription> {
  return pageOf(rows, BY_AGE, page, (row) => [row.id, row.id], count);
}

/** The first subscriptions of each of these customers that the actor may see: one statement for all of them. */
export async function firstSubscriptionsOf(
  actor: Actor,
  reads: Reads,
  customerIds: readonly string[],
  page: PageRequest,
): Promise<Subscription[]> {
  const ranked = subscriptionsVisibleTo(actor, reads)
    .select("subscription.id", "id")
    .addSelect("ROW_NUMBER() OVER (PARTITION BY subscription.customerId ORDER BY subscription.id)", "place")
    .andWhere("subscription.customerId IN (:...customerIds)", { customerIds });
  const afterId = lastIdBefore(BY_AGE, page.after);
  if (afterId) ranked.andWhere("subscription.id > :afterId", { afterId });
  return reads
    .from(Subscription, "subscription")
    .innerJoin(`(${ranked.getQuery()})`, "ranked", "ranked.id = subscription.id AND ranked.place <= :most")
    .setParameters({ ...ranked.getParameters(), most: page.first + 1 })
    .orderBy("subscription.id")
    .getMany();
}

/** How many subscriptions of each of these customers the actor may see. */
export async function countSubscriptionsOf(
  actor: Actor,
  reads: Reads,
  customerIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await subscriptionsVisibleTo(actor, reads)
    .select("subscription.customerId", "customerId")
    .addSelect("COUNT(*)", "count")
    .andWhere("subscription.customerId IN (:...customerIds)", { customerIds })
    .groupBy("subscription.customerId")
    .getRawMany<{ customerId: string; count: number | string }>();
  return new Map(rows.map((row) => [row.customerId, Number(row.count)]));
}

/** One subscription that the actor may see. */
export function findVisibleSubscription(
  actor: Actor,
  reads: Reads,
  id: string,
): Promise<Subscription | null> {
  return subscriptionsVisibleTo(actor, reads).andWhere("subscription.id = :id", { id }).getOne();
}

/** Subscriptions of these ids that the actor may see. */
export function findVisibleSubscriptions(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<Subscription[]> {
  return subscriptionsVisibleTo(actor, reads).andWhere("subscription.id IN (:...ids)", { ids }).getMany();
}

/** One subscription that the actor may see, locked until the end of the transaction. */
export function lockVisibleSubscription(
  actor: Actor,
  tx: Transaction,
  id: string,
): Promise<Subscription | null> {
  return tx.locked(subscriptionsVisibleTo(actor, tx)).andWhere("subscription.id = :id", { id }).getOne();
}

/** Subscriptions of customers that were sold through a partner's relationship, or for it as reseller of record, and are active. */
export function findActiveSubscriptionsThrough(
  reads: Reads,
  partnerId: string,
  customerIds: readonly string[],
): Promise<Subscription[]> {
  return reads
    .from(Subscription, "subscription")
    .where("subscription.customerId IN (:...customerIds)", { customerIds })
    .andWhere("(subscription.partnerId = :partnerId OR subscription.resellerId = :partnerId)", { partnerId })
    .andWhere("subscription.status = :status", { status: SubscriptionStatus.ACTIVE })
    .orderBy("subscription.id")
    .getMany();
}

/**
 * Locks the active relationships of these partners with a customer, so that none of them can be removed while a
 * subscription is made or comes back to life through it.
 */
export function lockActiveRelationships(
  tx: Transaction,
  customerId: string,
  partnerIds: string[],
): Promise<ResellerRelationship[]> {
  return tx
    .locked(tx.from(ResellerRelationship, "relationship"))
    .where("relationship.customerId = :customerId AND relationship.partnerId IN (:...partnerIds)", {
      customerId,
      partnerIds,
    })
    .andWhere("relationship.status = :active", { active: RelationshipStatus.ACTIVE })
    .orderBy("relationship.id")
    .getMany();
}

/** The customer that an active relationship was found for. */
export function getSellingCustomer(reads: Reads, customerId: string): Promise<Customer> {
  return reads.from(Customer, "customer").where("customer.id = :customerId", { customerId }).getOneOrFail();
}

/** The catalogue ids of the offers that a customer has active subscriptions of, whoever sold them. */
export async function findActiveCatalogIds(reads: Reads, customerId: string): Promise<Set<string>> {
  const rows = await reads
    .from(Subscription, "subscription")
    .innerJoin(Offer, "offer", "offer.id = subscription.offerId")
    .select("DISTINCT offer.catalogId", "catalogId")
    .where("subscription.customerId = :customerId AND subscription.status = :status", {
      customerId,
      status: SubscriptionStatus.ACTIVE,
    })
    .getRawMany<{ catalogId: string }>();
  return new Set(rows.map((row) => row.catalogId));
}

/** The subscriptions that time has something to do to, those that waited longest first. */
export function findDueSubscriptions(
  reads: Reads,
  now: Instant,
  after: DueRow | undefined,
  limit: number,
): Promise<DueRow[]> {
  const columns = { dueAt: "subscription.dueAt", id: "subscription.id" };
  return orderByDue(reads.from(Subscription, "subscription"), columns, now, after, limit);
}

/** Those of the subscriptions that are still due and that nobody else is at, locked until the end of the transaction. */
export function lockDueSubscriptions(tx: Transaction, ids: string[]): Promise<Subscription[]> {
  return tx
    .lockedIfFree(tx.from(Subscription, "subscription"))
    .where("subscription.id IN (:...ids) AND subscription.dueAt <= :now", { ids, now: tx.now })
    .orderBy("subscription.dueAt")
    .getMany();
}

/** Which partners are resellers of each of these customers now. */
export async function findActiveSellers(
  reads: Reads,
  customerIds: readonly string[],
): Promise<Map<string, Set<string>>> {
  const rows = await reads
    .from(ResellerRelationship, "relationship")
    .select("relationship.customerId", "customerId")
    .addSelect("relationship.partnerId", "partnerId")
    .where("relationship.customerId IN (:...customerIds)", { customerIds })
    .andWhere("relationship.status = :active", { active: RelationshipStatus.ACTIVE })
    .getRawMany<{ customerId: string; partnerId: string }>();
  const byCustomer = groupBy(rows, ({ customerId }) => customerId);
  return new Map([...byCustomer].map(([id, found]) => [id, new Set(found.map((row) => row.partnerId))]));
}

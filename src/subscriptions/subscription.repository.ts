import { ActivityResource } from "../../entities/activity/activity-record";
import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { isOfCustomer } from "../access/actor";
import type { Caller } from "../access/grant";
import type { Instant } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type DueRow, orderByDue } from "../jobs/due-rows";
import {
  type KeysetOrder,
  lastIdBefore,
  type Page,
  pageOf,
  type PageRequest,
  readPage,
} from "../database/paging";
import type { Columns } from "../database/projections";
import { countOfEach } from "../database/count-of-each";
import type { Reads } from "../database/reads";
import {
  grantsOf,
  rangesOf,
  scopeOf,
  visibleBy,
  type VisibilityRule,
  visibilityRules,
} from "../database/scope";
import { and, type Sql, sql } from "../database/sql";
import { cachedCount, type CountedList } from "../unit-of-work/cached-counts";
import type { Transaction } from "../unit-of-work/transaction";
import type { SubscriptionPart } from "./subscription-columns";
import { allOfEach, topNPerGroup, MAX_AT_ONCE, rangesOfEach } from "./top-n-per-group";

/** Subscriptions in the order they were made. */
const BY_AGE: KeysetOrder = {
  name: "subscription",
  column: "id",
  id: "id",
  direction: "ASC",
};

/** Which subscriptions a list is asked for. */
export interface SubscriptionFilter {
  customerId?: string | null;
  status?: SubscriptionStatus | null;
}

const SCOPED = { partner: ["partnerId", "resellerId"], customer: ["customerId"], about: "customerId" };

/**
 * The subscriptions that a caller may see: a partner's user those that its partner sold or is the reseller of record of,
 * also when the relationship has ended; a customer's user its own.
 */
export function subscriptionsVisibleTo(caller: Caller): Sql {
  return visibleBy("subscription", rulesFor(caller));
}

/** Each of them is one range of an index of ids, and of one of customer and ids. */
function rulesFor(caller: Caller): VisibilityRule[] {
  return visibilityRules(scopeOf(caller, "subscription.read"), SCOPED);
}

/** One page of the subscriptions that the caller may see, oldest first. */
export function pageOfSubscriptions(
  ctx: UseCaseContext,
  { customerId, status }: SubscriptionFilter,
  page: PageRequest,
): Promise<Page<Subscription>> {
  if (isOfCustomer(ctx.actor)) return pageOfCustomer(ctx, ctx.actor.customerId, { customerId, status }, page);
  const condition = and(
    customerId ? sql`customerId = ${customerId}` : sql`1 = 1`,
    status && sql`status = ${status}`,
  );
  const scope = scopeOf(ctx, "subscription.read");
  const isOfCustomers = customerId || grantsOf(scope);
  const indexOf = (key: string) =>
    `subscription_by_${isOfCustomers ? "customer_id_" : ""}${key}_${status ? "status_" : ""}id`;
  const ranges = rangesOf("subscription", visibilityRules(scope, SCOPED), indexOf, [condition]);
  return readPage(ctx, Subscription, ranges, BY_AGE, {
    page,
    cachedCount: customerId ? undefined : cachedCount(ctx, countedList(status)),
  });
}

/** A customer has no index of its own for a status: it has one range, in which rows are passed over. */
function pageOfCustomer(
  ctx: UseCaseContext,
  me: string,
  { customerId, status }: SubscriptionFilter,
  page: PageRequest,
): Promise<Page<Subscription>> {
  const isOwn = !customerId || customerId === me;
  const range = and(subscriptionsVisibleTo(ctx), !isOwn && sql`1 = 0`);
  return readPage(ctx, Subscription, [range], BY_AGE, {
    page,
    cachedCount: isOwn ? cachedCount(ctx, countedList(status)) : undefined,
    rest: status ? sql`+status = ${status}` : undefined,
  });
}

function countedList(status: SubscriptionStatus | null | undefined): CountedList {
  return { kind: ActivityResource.SUBSCRIPTION, status, permission: "subscription.read" };
}

/** Makes a page of rows that were found in the order of their making. */
export function subscriptionPage(
  rows: SubscriptionPart[],
  page: PageRequest,
  count: () => Promise<number>,
): Page<SubscriptionPart> {
  return pageOf(rows, BY_AGE, page, (row) => [row.id, row.id], count);
}

/**
 * The first subscriptions of each of these customers that the caller may see, after the page's cursor, oldest first, and at
 * least one more where there is one. One statement reads all that they have; where that are too many, a second one reads
 * no more than is wanted of each.
 * @throws CURSOR_INVALID the cursor is not of this list
 */
export async function firstSubscriptionsOf(
  caller: Caller,
  reads: Reads,
  customerIds: readonly string[],
  page: PageRequest,
  columns?: Columns,
): Promise<SubscriptionPart[]> {
  const after = lastIdBefore(BY_AGE, page.after) ?? "";
  const rules = rulesFor(caller).map(({ holds }) => holds);
  const wanted = { customerIds, after, most: page.first + 1 };
  const read = (from: Sql) =>
    reads.some(Subscription, columns, sql`${from} ORDER BY subscription.id`) as Promise<SubscriptionPart[]>;
  const all = await read(allOfEach(rules, wanted));
  if (all.length < MAX_AT_ONCE) return all.filter(({ id }) => id !== null);
  return read(topNPerGroup(reads.family, rules, wanted));
}

/** How many subscriptions of each of these customers the actor may see; MAX_COUNT + 1 where there are more. */
export function countSubscriptionsOf(
  caller: Caller,
  reads: Reads,
  customerIds: readonly string[],
): Promise<Map<string, number>> {
  const rules = rulesFor(caller).map(({ holds }) => holds);
  return countOfEach(reads, customerIds, (ids) => rangesOfEach(rules, ids));
}

/** One subscription that the caller may see. */
export function findVisibleSubscription(
  caller: Caller,
  reads: Reads,
  id: string,
): Promise<Subscription | null> {
  return reads.one(Subscription, sql`${subscriptionsVisibleTo(caller)} AND id = ${id}`);
}

/** Subscriptions of these ids that the caller may see. */
export function findVisibleSubscriptions(
  caller: Caller,
  reads: Reads,
  ids: readonly string[],
): Promise<Subscription[]> {
  return reads.all(Subscription, sql`${subscriptionsVisibleTo(caller)} AND id IN ${ids}`);
}

/** One subscription that the caller may see, locked until the end of the transaction. */
export function lockVisibleSubscription(
  caller: Caller,
  tx: Transaction,
  id: string,
): Promise<Subscription | null> {
  return tx.one(Subscription, tx.locked(sql`${subscriptionsVisibleTo(caller)} AND id = ${id}`));
}

/** A select of the id of a subscription's customer, no matter who may see it. */
export function customerOfSubscription(id: string): Sql {
  return sql`SELECT customerId FROM subscription WHERE id = ${id}`;
}

/** The subscriptions that time has something to do to, those that waited longest first. */
export function findDueSubscriptions(
  reads: Reads,
  now: Instant,
  after: DueRow | undefined,
  most: number,
): Promise<DueRow[]> {
  return orderByDue(reads, sql`FROM subscription WHERE 1 = 1`, "dueAt", { now, after, most });
}

/** Those of the subscriptions that are still due and that nobody else is at, locked until the end of the transaction. */
export function lockDueSubscriptions(tx: Transaction, ids: string[]): Promise<Subscription[]> {
  const due = sql`FROM subscription WHERE id IN ${ids} AND dueAt <= ${tx.now} ORDER BY dueAt`;
  return tx.all(Subscription, tx.lockedIfFree(due));
}

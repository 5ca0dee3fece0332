import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { groupBy } from "../database/batching";
import { countOfEach } from "../database/count-of-each";
import type { Reads } from "../database/reads";
import { name, type Sql, sql } from "../database/sql";
import type { BoundedList } from "../errors/list-bounds";
import { allOfRules, topNPerGroup, MAX_AT_ONCE, rangesOfEach } from "./top-n-per-group";
import { subscriptionColumns } from "./subscription-columns";

/**
 * Of each of these customers the first active subscriptions that were sold through a partner's relationship, or for it as
 * reseller of record, oldest first, and how many there are. One statement reads them all; where that are too many, others
 * read no more than is wanted and count the rest. A customer without any is not in the map.
 */
export async function findActiveSubscriptionsThrough(
  reads: Reads,
  partnerId: string,
  customerIds: readonly string[],
  first: number,
): Promise<Map<string, BoundedList<ActiveSubscription>>> {
  const sides = ["partnerId", "resellerId"].map(
    (side) => (row: Sql) =>
      sql`${row}.${name(side)} = ${partnerId} AND ${row}.status = ${SubscriptionStatus.ACTIVE}`,
  );
  const read = async (from: Sql) => {
    const rows = await reads.some(Subscription, OF_ACTIVE, sql`${from} ORDER BY subscription.id`);
    return rows as ActiveSubscription[];
  };
  const all = await read(allOfRules(rangesOfEach(sides, customerIds)));
  const isWhole = all.length < MAX_AT_ONCE;
  const wanted = { customerIds, after: "", most: first };
  const rows = isWhole ? all : await read(topNPerGroup(reads.family, sides, wanted));
  const counts = isWhole
    ? undefined
    : await countOfEach(reads, customerIds, (ids) => rangesOfEach(sides, ids));
  return new Map(
    [...groupBy(rows, ({ customerId }) => customerId)].map(([customerId, found]) => [
      customerId,
      { rows: found.slice(0, first), count: counts?.get(customerId) ?? found.length },
    ]),
  );
}

/** What is read of an active subscription. */
export type ActiveSubscription = Pick<Subscription, "id" | "customerId" | "offerName" | "quantity">;
const OF_ACTIVE = subscriptionColumns(["offerName", "quantity"]);

/** Those of these catalogue ids that a customer has an active subscription of, from any partner. */
export async function findActiveCatalogIds(
  reads: Reads,
  customerId: string,
  catalogIds: readonly string[],
): Promise<Set<string>> {
  if (catalogIds.length === 0) return new Set();
  const rows = await reads.rows<{ catalogId: string }>(
    sql`SELECT DISTINCT offer.catalogId AS catalogId FROM subscription JOIN offer ON offer.id = subscription.offerId
      WHERE subscription.customerId = ${customerId} AND subscription.status = ${SubscriptionStatus.ACTIVE}
      AND offer.catalogId IN ${catalogIds}`,
  );
  return new Set(rows.map((row) => row.catalogId));
}

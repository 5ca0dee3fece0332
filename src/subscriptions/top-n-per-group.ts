import type { DatabaseFamily } from "../database/connection";
import { anyOf, byIndex, limit, name, type Sql, sql, union } from "../database/sql";

/** Which subscriptions of which customers. */
export interface FirstOfEach {
  customerIds: readonly string[];
  /** The id that they come after; the empty text stands before all. */
  after: string;
  /** How many of each customer, at most. */
  most: number;
}

/** A condition on the subscription that a row's name stands for. */
type Side = (row: Sql) => Sql;

/** Hardly any customers of one page have more between them; reading them costs a few milliseconds. */
export const MAX_AT_ONCE = 1_000;

/**
 * A FROM with all subscriptions of these customers, but no more than MAX_AT_ONCE: where it gives as many, some may be
 * missing. A row that no side lets see counts too, with nothing in it, so that it is known how many there were.
 */
export function allOfEach(sides: Side[], { customerIds, after }: FirstOfEach): Sql {
  const seen = anyOf(sides.map((side) => side(sql`subscription`)));
  const hint = byIndex("subscription_by_customer_id_id");
  return sql`FROM (SELECT id FROM subscription ${hint} WHERE customerId IN ${customerIds} AND id > ${after}
    ORDER BY customerId, id${limit(MAX_AT_ONCE)}) listed
    LEFT JOIN subscription ON subscription.id = listed.id AND ${seen}`;
}

/** The subscriptions of these customers that any of these sides lets see: a range for each side. */
export function rangesOfEach(sides: readonly Side[], customerIds: readonly string[]): [Sql, ...Sql[]] {
  const [first, ...others] = sides.map(
    (side) => sql`FROM subscription WHERE customerId IN ${customerIds} AND ${side(sql`subscription`)}`,
  );
  if (!first) throw new Error("a list has no side from which it is seen");
  return [first, ...others];
}

/** A FROM with all subscriptions of these ranges, but no more than MAX_AT_ONCE of each: where it gives as many, some may be missing. */
export function allOfRules(ranges: readonly Sql[]): Sql {
  const ids = ranges.map(
    (range, at) => sql`SELECT id FROM (SELECT id ${range}${limit(MAX_AT_ONCE)}) ${name(`range${at}`)}`,
  );
  return sql`FROM (${union(ids)}) listed JOIN subscription ON subscription.id = listed.id`;
}

/**
 * A FROM with each customer's first subscriptions of any of these sides; at most so many of each side. A window function
 * would read all that a customer has; this reads what it gives and little more (measured with 100,000).
 */
export function topNPerGroup(family: DatabaseFamily, sides: Side[], wanted: FirstOfEach): Sql {
  if (family === "sqlite") return upToTheLast(sides, wanted);
  return sql`FROM (${stepByStep(sides, wanted)}) found JOIN subscription ON subscription.id = found.id`;
}

/** SQLite finds the last wanted id of each customer, and then all up to it, in the same index. */
function upToTheLast(sides: Side[], { customerIds, after, most }: FirstOfEach): Sql {
  const ranges = sides.map((side) => {
    const last = sql`SELECT one.id FROM subscription one WHERE one.customerId = customer.id AND ${side(sql`one`)}
      AND one.id > ${after} ORDER BY one.id${limit(1)} OFFSET ${most - 1}`;
    return sql`(subscription.customerId = customer.id AND ${side(sql`subscription`)}
      AND subscription.id > ${after} AND subscription.id <= COALESCE((${last}), '~'))`;
  });
  const inAny = ranges.reduce((all, range) => sql`${all} OR ${range}`);
  // CROSS keeps the order of the tables: the other way round nothing would bound the ranges.
  return sql`FROM customer CROSS JOIN subscription ON ${inAny} WHERE customer.id IN ${customerIds}`;
}

/** MySQL and MariaDB begin no range at a value of another row, so they go from each id to the next one. */
function stepByStep(sides: Side[], { customerIds, after, most }: FirstOfEach): Sql {
  return union(
    sides.map((side) => {
      const next = (customer: Sql, before: Sql) => sql`(SELECT one.id FROM subscription one
        WHERE one.customerId = ${customer} AND ${side(sql`one`)} AND one.id > ${before} ORDER BY one.id${limit(1)})`;
      return sql`SELECT step.id AS id FROM (WITH RECURSIVE step AS (
          SELECT customer.id AS customerId, ${next(sql`customer.id`, sql`${after}`)} AS id, 1 AS place
          FROM customer WHERE customer.id IN ${customerIds}
          UNION ALL
          SELECT step.customerId, ${next(sql`step.customerId`, sql`step.id`)}, step.place + 1
          FROM step WHERE step.id IS NOT NULL AND step.place < ${most}
        ) SELECT id FROM step) step WHERE step.id IS NOT NULL`;
    }),
  );
}

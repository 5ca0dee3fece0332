import type { Reads } from "./reads";
import { and, limit, name, type Sql, sql, unionAll } from "./sql";

/** What a row of a list is sorted by, with its id as tie breaker. */
export type Key = [value: string | number, id: string];

/** An order that an index serves: the sort column, then the id as tie breaker. */
export interface KeysetOrder {
  /** Names the order inside cursors, so that one of another order is refused. */
  name: string;
  /** Name of the sort column; equal to `id` when the list is in order of making. */
  column: string;
  /** Name of the tie breaker. */
  id: string;
  direction: "ASC" | "DESC";
}

/** How many rows are looked at for one page, where a condition remains that no index holds. */
export const MAX_CANDIDATES = 5_000;

/** The ORDER BY clause of an order. */
export function sorting(order: KeysetOrder): Sql {
  const direction = order.direction === "ASC" ? sql`ASC` : sql`DESC`;
  const id = sql`${name(order.id)} ${direction}`;
  return order.column === order.id
    ? sql` ORDER BY ${id}`
    : sql` ORDER BY ${name(order.column)} ${direction}, ${id}`;
}

/**
 * The key of the row at which reading these ranges side by side in their order stops, so that no more than `most` rows of
 * them are read, that one included; nothing where they do not have so many. Each range is one of an index that holds the
 * order, and no more than that index is read.
 */
export async function boundOfCandidates(
  reads: Reads,
  ranges: readonly Sql[],
  order: KeysetOrder,
  most: number,
): Promise<Key | undefined> {
  const [column, id] = [name(order.column), name(order.id)];
  const skipped = Math.max(0, Math.floor(most / ranges.length) - 1);
  const last = ranges.map(
    (
      range,
      at,
    ) => sql`SELECT value, id FROM (SELECT ${column} AS value, ${id} AS id ${range}${sorting(order)}${limit(1)}
      OFFSET ${skipped}) ${name(`range${at}`)}`,
  );
  const rows = await reads.rows<{ value: string | number; id: string }>(unionAll(last));
  const keys = rows.map(({ value, id }): Key => [value, id]);
  // What comes first in the order: up to there no range gives more than its share, and one gives all of it.
  const sign = order.direction === "ASC" ? 1 : -1;
  return keys.sort((one, other) => sign * compare(one, other))[0];
}

function compare([value, id]: Key, [otherValue, otherId]: Key): number {
  if (value !== otherValue) return value < otherValue ? -1 : 1;
  return id < otherId ? -1 : 1;
}

/** The condition that a row comes after a key. */
export function beyond(order: KeysetOrder, key: Key): Sql {
  return compared(order, key, order.direction === "ASC" ? sql`>` : sql`<`);
}

/** Narrows a range to the rows up to a key, that one included. */
export function atMost(range: Sql, order: KeysetOrder, key: Key): Sql {
  const strictly = order.direction === "ASC" ? sql`<` : sql`>`;
  return and(range, compared(order, key, strictly, sql`=`));
}

/**
 * Compares a row with a key, so that the range of the index ends at the key itself, however many rows have its value: SQLite
 * makes a range of the comparison of pairs, MySQL and MariaDB one of the alternatives.
 */
function compared(order: KeysetOrder, [value, id]: Key, strictly: Sql, orSame = sql``): Sql {
  const [column, tieBreaker] = [name(order.column), name(order.id)];
  if (order.column === order.id) return sql`${tieBreaker} ${strictly}${orSame} ${id}`;
  return sql`(${column}, ${tieBreaker}) ${strictly}${orSame} (${value}, ${id})
    AND (${column} ${strictly} ${value} OR (${column} = ${value} AND ${tieBreaker} ${strictly}${orSame} ${id}))`;
}

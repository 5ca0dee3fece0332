import type { Reads } from "./reads";
import { limit, type Sql, sql, type SqlValue } from "./sql";

/** One thing in the database that contradicts another one. */
export interface Finding {
  table: string;
  /** The row's key. */
  id: string;
  /** What is wrong, in words. */
  problem: string;
  /** What it should be, in words. */
  expected: string;
}

/** What a check found in some of its rows. */
export interface CheckedBatch {
  /** How many rows were compared. */
  looked: number;
  findings: Finding[];
}

/** Compares one kind of rows with everything that they should agree with. */
export interface ConsistencyCheck {
  /** A word or two, for the summary. */
  name: string;
  /**
   * Reads in pages, so that memory does not grow with the database. All reads must be of one instant: between two others
   * a row could change, and would then contradict what was read before.
   */
  run(reads: Reads): AsyncGenerator<CheckedBatch, void>;
}

/** How many rows a check has in memory at a time. */
export const CHECK_PAGE = 500;

/**
 * Reads rows in the order of a unique key of one or two columns, a page at a time.
 * @param select ends in its WHERE clause, and gives the key's columns under these names
 */
export async function* inPages<Row extends object>(
  reads: Reads,
  select: Sql,
  key: { columns: readonly [Sql, ...Sql[]]; of: (row: Row) => SqlValue[] },
): AsyncGenerator<Row[], void> {
  const [first, second] = key.columns;
  const order = second ? sql`${first}, ${second}` : first;
  let beyond = sql``;
  for (;;) {
    const page = await reads.rows<Row>(sql`${select}${beyond} ORDER BY ${order}${limit(CHECK_PAGE)}`);
    if (page.length > 0) yield page;
    if (page.length < CHECK_PAGE) return;
    const [one = null, other = null] = key.of(page[page.length - 1]);
    beyond = second
      ? sql` AND ${first} >= ${one} AND (${first} > ${one} OR ${second} > ${other})`
      : sql` AND ${first} > ${one}`;
  }
}

/** Collects what is wrong with one row, as long as something is. */
export function problemsOf(
  table: string,
  id: string,
  ...rules: [isBroken: unknown, problem: string, expected: string][]
): Finding[] {
  return rules.flatMap(([isBroken, problem, expected]) =>
    isBroken ? [{ table, id, problem, expected }] : [],
  );
}

import { MAX_COUNT } from "../errors/list-bounds";
import { countRows } from "./paging";
import type { Reads } from "./reads";
import { limit, name, type Sql, sql, union } from "./sql";

/**
 * How many rows each of these customers has in the ranges of indexes that `rangesOf` gives for some of them, each from FROM
 * to its WHERE clause; MAX_COUNT + 1 where there are more. One statement counts all together; where they have too many
 * between them, each is counted by itself. A customer without rows may be absent.
 */
export async function countOfEach(
  reads: Reads,
  customerIds: readonly string[],
  rangesOf: (customerIds: readonly string[]) => [Sql, ...Sql[]],
): Promise<Map<string, number>> {
  const listed = rangesOf(customerIds).map(
    (range, at) =>
      sql`SELECT customerId, id FROM (SELECT customerId, id ${range}${limit(MAX_COUNT + 1)}) ${name(`range${at}`)}`,
  );
  const rows = await reads.rows<{ customerId: string; count: number | string }>(
    sql`SELECT customerId AS customerId, COUNT(*) AS count FROM (${union(listed)}) listed GROUP BY customerId`,
  );
  const counts = new Map(rows.map((row) => [row.customerId, Number(row.count)]));
  const together = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (together <= MAX_COUNT) return counts;
  for (const id of customerIds) counts.set(id, (await countRows(reads, rangesOf([id]))) ?? 0);
  return counts;
}

import type { EntityTarget } from "typeorm";
import type { Instant } from "../values/instant";
import { limit, name, sql } from "./sql";
import type { Writes } from "./writes";

/** Rows that one transaction deletes: embedded SQLite does nothing else meanwhile, and MariaDB keeps them locked. */
const AT_ONCE = 500;

/**
 * Deletes rows whose instant in a column is not after `until`, the oldest first, at most 500.
 * @returns whether there may be more: call it again, in another transaction
 */
export async function deleteOldRows(
  tx: Writes,
  entity: EntityTarget<{ id: string }>,
  column: string,
  until: Instant,
): Promise<boolean> {
  const table = tx.tableOf(entity);
  const at = name(column);
  const old = await tx.rows<{ id: string }>(
    sql`SELECT id AS id FROM ${table} WHERE ${at} <= ${until} ORDER BY ${at}${limit(AT_ONCE)}`,
  );
  const ids = old.map(({ id }) => id);
  if (ids.length > 0) await tx.execute(sql`DELETE FROM ${table} WHERE id IN ${ids}`);
  return ids.length === AT_ONCE;
}

import { getMetadataArgsStorage } from "typeorm";
import { allEntities } from "../../entities";
import type { Database } from "../../src/database/database";

/** A row as the database has it. */
export type RawRow = Record<string, unknown>;

/** Every row of every table, as they are at one time. */
export type Snapshot = Map<string, RawRow[]>;

const tables = getMetadataArgsStorage()
  .tables.filter(({ target }) => (allEntities as readonly unknown[]).includes(target))
  .map(({ name }) => name ?? "");

/** Reads every table. */
export async function takeSnapshot(database: Database): Promise<Snapshot> {
  return readTables(database, (table) => `SELECT * FROM ${table}`);
}

/**
 * Reads every table, and of the activity log only how many rows each organization has: triggers refuse every other change of
 * it, and each refused mutation adds a row, so that to read the whole log takes longer after each of them.
 */
export async function takeSnapshotForChanges(database: Database): Promise<Snapshot> {
  return readTables(database, (table) =>
    table === "activity_record"
      ? "SELECT organizationId, COUNT(*) AS size FROM activity_record GROUP BY organizationId"
      : `SELECT * FROM ${table}`,
  );
}

async function readTables(database: Database, queryFor: (table: string) => string): Promise<Snapshot> {
  return database.read(async (reads) => {
    const found: Snapshot = new Map();
    for (const table of tables) found.set(table, await reads.rows<RawRow>(queryFor(table)));
    return found;
  });
}

/** Every TypeID in a text. */
export function idsIn(text: string): string[] {
  return (
    text.match(/\b(?:part|pship|user|cust|inv|rel|offer|sub|evt|key|act)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g) ??
    []
  );
}

/** A row that differs between two snapshots. */
export interface Change {
  table: string;
  row: RawRow;
}

/** The rows that were added, changed or removed, except those for which `isExpected` is true. */
export function changesBetween(
  before: Snapshot,
  after: Snapshot,
  isExpected: (change: Change) => boolean,
): Change[] {
  return tables.flatMap((table) => {
    const [old, now] = [before, after].map(
      (snapshot) => new Map((snapshot.get(table) ?? []).map((row) => [textOf(row), row])),
    );
    const missingIn = (these?: Map<string, RawRow>, those?: Map<string, RawRow>) =>
      [...(these ?? [])].filter(([key]) => !those?.has(key)).map(([, row]) => ({ table, row }));
    return [...missingIn(old, now), ...missingIn(now, old)].filter((change) => !isExpected(change));
  });
}

/** A row as text, without the time when a key was last used: it is written some time after each use. */
function textOf({ lastUsedAt: _late, ...row }: RawRow): string {
  return JSON.stringify(row);
}

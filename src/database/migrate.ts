import { setTimeout as pause } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { isLockTimeout, missesTriggerRight } from "./database-errors";
import { holdingMigrationLease } from "./migration-lease";
import { misspelledTenantIds } from "./tenant-ids.check";

/** The program cannot work with this database; the message says why, and what to do. */
export class SchemaRefused extends Error {
  override readonly name = "SchemaRefused";
}

const TRIGGER_RIGHT =
  "The database refuses to make the triggers that keep the activity log from being changed. On a server that keeps a binary log, and on each node of a Galera cluster with or " +
  "without one, set log_bin_trust_function_creators = 1 (SET GLOBAL, and in its configuration), or let a user with the SUPER privilege do the first start; " +
  "on others grant this user TRIGGER on the database. Then start again: what is there already is kept.";

/** How long a start waits for a table that is in use, in milliseconds. */
const MAX_WAIT_MS = 120_000;

/** A migration with such a name changes what older versions rely on; all others only add to it. */
const BREAKING = /^Breaking/;

/** Stands among the recorded migrations while a restore fills the database: no version of the program starts on it then. */
export const RESTORE_MARK = { name: "BreakingUnfinishedRestore9999999999999", timestamp: 9_999_999_999_999 };

/** A migration that the database has recorded. */
interface RecordedMigration {
  name: string;
  /** When it was written, in milliseconds since 1970; a text where the driver gives one. */
  timestamp: number | string;
}

/**
 * Brings the schema up to date, one node at a time: the others wait for the lease and then find nothing to do.
 * The lease is a row that runs out by itself, so a node that died while migrating stops nobody for long.
 * Returns the names of the migrations that a newer version recorded and that only added to the schema.
 * @param options.isRestore whether this is the restore that set RESTORE_MARK, which stops everybody else
 * @throws SchemaRefused the database has a migration that this program cannot work with, has tables of something else, or
 * does not let this user make the triggers that keep the activity log as it was written
 */
export async function migrate(
  source: DataSource,
  onProgress: (message: string) => void,
  { isRestore = false } = {},
): Promise<string[]> {
  const newer = await newerMigrations(source, isRestore);
  if (!(await hasPending(source))) return newer;
  await refuseLostRecord(source);
  await refuseForeignTables(source);
  await holdingMigrationLease(source, onProgress, async () => {
    await newerMigrations(source, isRestore);
    await runMigrations(source, onProgress);
    for (const { table, id, problem, expected } of await misspelledTenantIds((sql) => source.query(sql)))
      onProgress(`${table} ${id}: ${problem}; it should be ${expected} (docs/operating.md)`);
  }).catch((error: unknown) => {
    throw missesTriggerRight(error) ? new SchemaRefused(TRIGGER_RIGHT) : error;
  });
  return newer;
}

/**
 * Runs what is pending. A table that must be altered may be in use; a statement that waits for it in the database makes all wait that come
 * later, so each try is short, as the session's settings say, and the migration, which can be run again, is repeated.
 */
async function runMigrations(source: DataSource, onProgress: (message: string) => void): Promise<void> {
  const giveUpAt = performance.now() + MAX_WAIT_MS;
  for (let told = false; ; told = true) {
    try {
      await source.runMigrations({ transaction: "each" });
      return;
    } catch (error) {
      if (!isLockTimeout(error) || performance.now() > giveUpAt) throw error;
      if (!told) onProgress("a table that is to be changed is in use; trying again until it is free");
      await pause(500);
    }
  }
}

/**
 * Refuses a database that `migrate` would change. Returns what `migrate` returns.
 * @throws SchemaRefused migrations are missing, or the database has one that this program cannot work with
 */
export async function refusePendingMigrations(source: DataSource): Promise<string[]> {
  const newer = await newerMigrations(source);
  if (!(await hasPending(source))) return newer;
  await refuseLostRecord(source);
  throw new SchemaRefused(
    "The database does not have the schema of this version. Nothing was changed. Start the server once, which upgrades it; where " +
      "the database should not be empty, check DATA_DIR and DATABASE_URL.",
  );
}

/** The recorded migrations of a newer version, where this one can still work; refuses all others that are not known. */
async function newerMigrations(source: DataSource, isRestore = false): Promise<string[]> {
  const known = source.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const all = await recordedMigrations(source);
  const recorded = all.filter(({ name }) => !isRestore || name !== RESTORE_MARK.name);
  const unknown = recorded.filter(({ name }) => !known.includes(name));
  if (unknown.some(({ name }) => name === RESTORE_MARK.name)) {
    throw new SchemaRefused(
      "A restore into this database is under way, or broke off. If none is running, make an empty database and restore the backup there.",
    );
  }
  if (unknown.length === 0) return [];
  const newest = Math.max(...known.map(timestampIn));
  const strange = unknown.filter(({ timestamp }) => Number(timestamp) <= newest);
  if (strange.length > 0) {
    throw new SchemaRefused(
      `The database has migrations that no release has (${namesOf(strange)}): a development build made it, and no migration ` +
        "leads from there. Set DATA_DIR to another folder or DATABASE_URL to another database, or start the build that made it.",
    );
  }
  const breaking = unknown.filter(({ name }) => BREAKING.test(name));
  const isBehind = recorded.length - unknown.length < known.length;
  if (breaking.length > 0 || isBehind) {
    throw new SchemaRefused(
      `The database was upgraded by a newer version of Partnergraph (it has ${namesOf(unknown)}). ` +
        "Start that version, or restore a backup from before the upgrade.",
    );
  }
  return unknown.map(({ name }) => name);
}

function namesOf(migrations: readonly RecordedMigration[]): string {
  return migrations.map(({ name }) => name).join(", ");
}

/** A migration's name ends with the time when it was written. */
function timestampIn(name: string): number {
  return Number(/\d{13}$/.exec(name)?.[0] ?? 0);
}

/**
 * Without their record all migrations would run again, over tables that are there. An empty record is one of a first
 * migration that broke off on MySQL, which keeps what it has made; on SQLite a migration leaves everything or nothing.
 */
async function refuseLostRecord(source: DataSource): Promise<void> {
  const isRecorded = source.options.type === "better-sqlite3" ? hasRecords : hasRecordTable;
  if (await isRecorded(source)) return;
  const runner = source.createQueryRunner();
  try {
    // Of somebody else's tables refuseForeignTables says whose they are.
    if (!(await runner.hasTable("migration_lease"))) return;
    for (const { tableName } of source.entityMetadatas) {
      if (!(await runner.hasTable(tableName))) continue;
      // Another node may have begun to make the tables since: the record is what it makes first.
      if (await isRecorded(source)) return;
      throw new SchemaRefused(
        "The database has Partnergraph's tables, but the table schema_migration, in which it records what was done to them, is lost " +
          "or empty. Nothing was changed. Restore a backup (npx partnergraph restore FILE) into an empty database, or bring back that table from one.",
      );
    }
  } finally {
    await runner.release();
  }
}

async function hasRecords(source: DataSource): Promise<boolean> {
  return (await recordedMigrations(source)).length > 0;
}

async function hasRecordTable(source: DataSource): Promise<boolean> {
  const runner = source.createQueryRunner();
  try {
    return await runner.hasTable("schema_migration");
  } finally {
    await runner.release();
  }
}

/** Our first migration goes over tables that are there already, so it must not meet somebody else's. */
async function refuseForeignTables(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    if (await runner.hasTable("migration_lease")) return;
    for (const { tableName } of source.entityMetadatas) {
      if (!(await runner.hasTable(tableName))) continue;
      // Another node may have begun to make the tables since: the lease is what it makes first.
      if (await runner.hasTable("migration_lease")) return;
      throw new SchemaRefused(
        `The database has a table ${tableName} that Partnergraph did not make. Give it a database of its own.`,
      );
    }
  } finally {
    await runner.release();
  }
}

async function hasPending(source: DataSource): Promise<boolean> {
  const recorded = new Set((await recordedMigrations(source)).map(({ name }) => name));
  return source.migrations.some((migration) => !recorded.has(migration.name ?? migration.constructor.name));
}

async function recordedMigrations(source: DataSource): Promise<RecordedMigration[]> {
  const runner = source.createQueryRunner();
  try {
    if (!(await runner.hasTable("schema_migration"))) return [];
    return (await runner.query("SELECT timestamp, name FROM schema_migration")) as RecordedMigration[];
  } finally {
    await runner.release();
  }
}

import type { DataSource } from "typeorm";
import type { Database } from "../database/database";
import { migrate, RESTORE_MARK } from "../database/migrate";
import { type DatabaseAddress, openDatabase } from "../database/open-database";
import { placesFor } from "../database/sql";
import { COMMAND_WAITS } from "../database/waits";
import { BackupRefused } from "./publish-file";
import { type DumpBatch, readDumpHeader, readDumpRows } from "./read-dump";
import { type DumpHeader, quoted } from "./write-dump";

/** Batches that are committed together. */
const BATCHES_PER_COMMIT = 20;

/** What else is to be told and done while a dump is brought back. */
interface DumpSteps {
  onProgress: (message: string) => void;
  /** The last step, when rows and schema are there: no version starts on the database before it is done. */
  finish: (database: Database) => Promise<void>;
}

/**
 * Brings a dump back into an empty MySQL or MariaDB database: the schema that it was written with, then its rows, then
 * the migrations that are newer. While it runs, and if it breaks off, no version starts on that database.
 * @throws BackupRefused the dump is not whole, a newer version wrote it, or the database has tables
 */
export async function restoreDump(
  address: DatabaseAddress,
  file: string,
  { onProgress, finish }: DumpSteps,
): Promise<void> {
  const header = await readDumpHeader(file);
  const database = await openDatabase(address, { onProgress, waits: COMMAND_WAITS, asItIs: true });
  const { schemaSource } = database;
  try {
    await refuseTables(schemaSource);
    const all = [...schemaSource.migrations];
    keepMigrationsOf(schemaSource, header);
    await mark(schemaSource);
    await migrate(schemaSource, onProgress, { isRestore: true });
    await insertRows(database, file, onProgress);
    Object.assign(schemaSource, { migrations: all });
    await migrate(schemaSource, onProgress, { isRestore: true });
    await finish(database);
    await unmark(schemaSource);
  } finally {
    await database.close();
  }
}

async function refuseTables(source: DataSource): Promise<void> {
  const [found] = await source.query<{ name: string }[]>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() LIMIT 1",
  );
  if (!found) return;
  throw new BackupRefused(
    `The database is not empty (it has the table ${found.name}) and was left as it is. Make an empty database, and name it in DATABASE_URL.`,
  );
}

/** Leaves the source only the migrations that the dump has had. */
function keepMigrationsOf(source: DataSource, { migrations, version }: DumpHeader): void {
  const known = source.migrations.filter(({ name = "" }) => migrations.includes(name));
  if (known.length < migrations.length)
    throw new BackupRefused(
      `The backup was made by a newer version of Partnergraph, ${version}. Restore it with that version.`,
    );
  Object.assign(source, { migrations: known });
}

/** Before anything else is made: a restore that breaks off must not leave what a server takes for a new database. */
async function mark(source: DataSource): Promise<void> {
  await source.showMigrations(); // Makes the table in which migrations are recorded.
  const { timestamp, name } = RESTORE_MARK;
  await source.query("INSERT INTO schema_migration (timestamp, name) VALUES (?, ?)", [timestamp, name]);
}

async function unmark(source: DataSource): Promise<void> {
  await source.query("DELETE FROM schema_migration WHERE name = ?", [RESTORE_MARK.name]);
}

async function insertRows(
  database: Database,
  file: string,
  onProgress: (message: string) => void,
): Promise<void> {
  const columnsOf = await readColumns(database.schemaSource);
  const leftOut = new Set<string>();
  let group: DumpBatch[] = [];
  const commit = async () => {
    if (group.length > 0) await insertTogether(database, group);
    group = [];
  };
  for await (const batch of readDumpRows(file)) {
    const { kept, omitted } = keptPart(batch, columnsOf);
    for (const name of omitted.filter((each) => !leftOut.has(each))) {
      leftOut.add(name);
      onProgress(`${name} is not Partnergraph's and is left out`);
    }
    if (kept) group.push(kept);
    if (group.length >= BATCHES_PER_COMMIT) await commit();
  }
  await commit();
}

async function readColumns(source: DataSource): Promise<Map<string, Set<string>>> {
  const found = await source.query<{ tableName: string; columnName: string }[]>(
    "SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()",
  );
  const columnsOf = new Map<string, Set<string>>();
  for (const { tableName, columnName } of found)
    columnsOf.set(tableName, (columnsOf.get(tableName) ?? new Set()).add(columnName));
  return columnsOf;
}

/** Operators may add tables and columns of their own, which the migrations do not make. */
function keptPart(
  { table, columns, rows }: DumpBatch,
  columnsOf: Map<string, Set<string>>,
): { kept?: DumpBatch; omitted: string[] } {
  const known = columnsOf.get(table);
  if (!known) return { omitted: [`the table ${table}`] };
  const places = columns.flatMap((column, at) => (known.has(column) ? [at] : []));
  const omitted = columns
    .filter((column) => !known.has(column))
    .map((column) => `the column ${table}.${column}`);
  const kept = {
    table,
    columns: places.map((at) => columns[at]),
    rows: rows.map((row) => places.map((at) => row[at])),
  };
  return { kept, omitted };
}

/** Tables come in the order of their names, so a row may come before one that it refers to; `verify` checks references. */
async function insertTogether(database: Database, batches: DumpBatch[]): Promise<void> {
  await database.transact(async (connection) => {
    await connection.change("SET SESSION foreign_key_checks = 0", []);
    for (const { table, columns, rows } of batches) {
      const places = rows.map(() => placesFor(columns.length)).join(", ");
      const into = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(", ")})`;
      await connection.change(`${into} VALUES ${places}`, rows.flat());
    }
    await connection.change("SET SESSION foreign_key_checks = 1", []);
  });
}

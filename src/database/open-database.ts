import { type Stats, statSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import type { MysqlAddress, SqliteAddress } from "../../ormconfig";
import { describeFileError, FileRefused, isFileError } from "../errors/file-refused";
import { Database, type DatabaseListener } from "./database";
import { isLocked, meaningOf } from "./database-errors";
import { migrate, refusePendingMigrations } from "./migrate";
import { READINESS_REASONS } from "./readiness-reasons";
import { refuseOtherSchema } from "./schema/refuse-other-schema";
import type { DatabaseWaits } from "./waits";

/** Where the database is, as the operator says it. */
export type DatabaseAddress = SqliteAddress | Omit<MysqlAddress, "flavour">;

/** The database cannot be used; the message says why in one line and holds no password. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/** How to open a database, besides where it is. */
export interface OpenDatabaseOptions extends DatabaseListener {
  /** Told in a sentence what takes time, and what the operator should know. */
  onProgress: (message: string) => void;
  /** How long to wait for others; as a server does when absent. */
  waits?: DatabaseWaits;
  /** Whether to compare the schema with the one that the program needs; true when absent. */
  compareSchema?: boolean;
  /** Whether the database must be there with its schema: nothing is made or migrated. False when absent. */
  mustExist?: boolean;
  /** Whether the schema is left and taken as it is, whatever version it is of: nothing is migrated or compared. False when absent. */
  asItIs?: boolean;
}

/**
 * Opens a database, brings its schema up to date and compares it with the schema that the program needs.
 * @throws DatabaseUnavailable it cannot be reached, refuses us, is locked by another process, or is not there and must be
 * @throws FileRefused the data folder of an embedded database cannot be used
 * @throws SchemaRefused the program cannot work with this database; the message says why, and what to do
 */
export async function openDatabase(
  address: DatabaseAddress,
  {
    onProgress,
    waits,
    compareSchema = true,
    mustExist = false,
    asItIs = false,
    ...listener
  }: OpenDatabaseOptions,
): Promise<Database> {
  let database: Database;
  if (address.family === "sqlite") refuseUnusableFile(address, { mayBeMissing: !mustExist });
  try {
    database = await Database.open({ address: await withFlavour(address), listener, waits });
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw new DatabaseUnavailable(`The database ${nameOf(address)} cannot be used: ${reasonOf(error)}`);
  }
  if (asItIs) return database;
  const startedAt = performance.now();
  try {
    const { schemaSource } = database;
    const newer = await (mustExist
      ? refusePendingMigrations(schemaSource)
      : migrate(schemaSource, onProgress));
    if (compareSchema) await refuseOtherSchema(schemaSource, newer);
    if (newer.length > 0)
      onProgress(
        `a newer version upgraded the database (${newer.join(", ")}); this one can still work with it`,
      );
    return database;
  } catch (error) {
    await database.close();
    if (isLocked(error))
      throw new DatabaseUnavailable(
        `The database ${nameOf(address)} cannot be used: another process has been writing to it for ${Math.round((performance.now() - startedAt) / 1_000)} s. Try again when it is done.`,
      );
    const { readiness } = meaningOf(error);
    if (readiness)
      throw new DatabaseUnavailable(
        `The database ${nameOf(address)} cannot be used: ${READINESS_REASONS[readiness]} It says: ${reasonOf(error)}`,
      );
    throw error;
  }
}

/**
 * Looks at the file of an embedded database before anything opens it. Opening one that is not there would make an empty database,
 * and so would one of 0 bytes, which is never one of ours but what is left of a lost one (a full disk, a copy that broke off).
 * @throws DatabaseUnavailable the file is empty or is no file, or is not there and must be; the same words on every way to it
 */
export function refuseUnusableFile({ file }: SqliteAddress, { mayBeMissing = false } = {}): void {
  let stats: Stats;
  try {
    stats = statSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What is wrong with the folder is said when it is made.
    if (mayBeMissing && (code === "ENOENT" || code === "ENOTDIR")) return;
    const what = code === "ENOENT" ? "there is no such file" : describeFileError(error);
    throw new DatabaseUnavailable(
      `The database ${file} cannot be used: ${what}. Set DATA_DIR to the folder of the database, or DATABASE_URL.`,
    );
  }
  if (!stats.isFile())
    throw new DatabaseUnavailable(
      `The database ${file} cannot be used: that is no file, but a folder, a pipe or a device. Set DATA_DIR to another folder.`,
    );
  if (stats.size > 0) return;
  throw new DatabaseUnavailable(
    `The database ${file} cannot be used: the file is empty, so what was in it is lost. Nothing was changed. Remove the file, then restore a backup ` +
      "(npx partnergraph restore FILE); or start without one, with an empty database.",
  );
}

/** TypeORM must be told which of the two servers it talks to, and only the server knows. */
async function withFlavour(address: DatabaseAddress): Promise<SqliteAddress | MysqlAddress> {
  if (address.family === "sqlite") return address;
  const connection = await createConnection({ uri: address.url, connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query("SELECT VERSION() AS version");
    const version = (rows as { version: string }[])[0]?.version ?? "";
    return { ...address, flavour: /mariadb/i.test(version) ? "mariadb" : "mysql" };
  } finally {
    await connection.end();
  }
}

function nameOf(address: DatabaseAddress): string {
  if (address.family === "sqlite") return address.file;
  const url = new URL(address.url);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (isFileError(error)) return describeFileError(error);
  const text = (message || code || String(error)).split("\n")[0] ?? "";
  return code && !text.includes(code) ? `${text} (${code})` : text;
}

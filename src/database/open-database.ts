import { type Stats, statSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import type { MysqlAddress, SqliteAddress } from "./data-sources";
import { Deadline } from "../context/deadline";
import { DomainError } from "../errors/domain-error";
import { describeFileError, FileRefused } from "../errors/file-refused";
import { Database, type DatabaseListener } from "./database";
import { migrate, refusePendingMigrations } from "./migrate";
import { refuseOtherSchema } from "./schema/refuse-other-schema";
import {
  cannotBeOpened,
  type DatabaseAddress,
  DatabaseUnavailable,
  unusableDatabase,
} from "./unusable-database";
import type { DatabaseWaits } from "./waits";

export { type DatabaseAddress, DatabaseUnavailable } from "./unusable-database";

/** A server that does not answer its first statement within this time is away. */
const PATIENCE_MS = 5_000;

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
 * @throws DatabaseUnavailable it cannot be reached, refuses us or our user's statements, has no quorum, cannot be written, is locked by
 * another process, or is not there and must be
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
    database = await Database.open({ address: await describeServer(address), listener, waits });
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw cannotBeOpened(error, address);
  }
  if (asItIs) return database;
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
    if (!mustExist) await refuseReadOnlyFile(database);
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw unusableDatabase(error, address) ?? error;
  }
}

/**
 * SQLite opens a file that this process may only read, and refuses the first write. On a server nothing is asked: one that only reads
 * may be a replica that takes over later, and readiness tells.
 */
async function refuseReadOnlyFile(database: Database): Promise<void> {
  if (database.family !== "sqlite") return;
  try {
    await database.askToWrite({ deadline: new Deadline(0) });
  } catch (error) {
    // The process that holds the lock can write to the file.
    if (!(error instanceof DomainError && error.code === "SERVICE_BUSY")) throw error;
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

/**
 * Asks a server what TypeORM must be told of it, and sessions: which of the two it is, and whether it is a node of a cluster.
 * @throws the driver's error when the server cannot be reached
 */
export async function describeServer(address: DatabaseAddress): Promise<SqliteAddress | MysqlAddress> {
  if (address.family === "sqlite") return address;
  const connection = await createConnection({ uri: address.url, connectTimeout: PATIENCE_MS });
  try {
    // A server that takes connections and does not answer would be waited for without end.
    const [rows] = await connection.query({ sql: "SELECT VERSION() AS version", timeout: PATIENCE_MS });
    const version = (rows as { version: string }[])[0]?.version ?? "";
    // Not `@@wsrep_on`: a server that was built without Galera has no such variable and refuses the statement.
    const [settings] = await connection.query("SHOW GLOBAL VARIABLES LIKE 'wsrep_on'");
    const wsrepOn = (settings as { Value: string }[])[0]?.Value;
    return {
      ...address,
      flavour: /mariadb/i.test(version) ? "mariadb" : "mysql",
      isClusterNode: wsrepOn === "ON",
    };
  } finally {
    // Not end: that would wait for a server which does not answer.
    connection.destroy();
  }
}

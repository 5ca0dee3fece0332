import { statSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import type { MysqlAddress, SqliteAddress } from "../../ormconfig";
import { Database, type DatabaseListener } from "./database";
import { isLocked } from "./database-errors";
import { migrate, refusePendingMigrations } from "./migrate";
import { refuseOtherSchema } from "./schema/refuse-other-schema";

/** Where the database is, as the operator says it. */
export type DatabaseAddress = SqliteAddress | Omit<MysqlAddress, "flavour" | "isClusterNode">;

/** The database cannot be used; the message says why in one line and holds no password. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/** How to open a database, besides where it is. */
export interface OpenDatabaseOptions extends DatabaseListener {
  /** Told in a sentence what takes time, and what the operator should know. */
  onProgress: (message: string) => void;
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
 * @throws SchemaRefused the program cannot work with this database; the message says why, and what to do
 */
export async function openDatabase(
  address: DatabaseAddress,
  { onProgress, compareSchema = true, mustExist = false, asItIs = false, ...listener }: OpenDatabaseOptions,
): Promise<Database> {
  let database: Database;
  if (mustExist && address.family === "sqlite") refuseMissingFile(address);
  try {
    database = await Database.open({ address: await describeServer(address), listener });
  } catch (error) {
    throw new DatabaseUnavailable(`The database ${nameOf(address)} cannot be used: ${reasonOf(error)}`);
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
    return database;
  } catch (error) {
    await database.close();
    if (isLocked(error))
      throw new DatabaseUnavailable(
        `The database ${nameOf(address)} cannot be used: another process has been writing to it for 5 s. Try again when it is done.`,
      );
    throw error;
  }
}

/**
 * Opening a file that is not there would make an empty database.
 * @throws DatabaseUnavailable the file is not there, or empty
 */
export function refuseMissingFile({ file }: SqliteAddress): void {
  let what = "there is no such file";
  try {
    if (statSync(file).size > 0) return;
    what = "the file is empty";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") what = (error as Error).message;
  }
  throw new DatabaseUnavailable(
    `The database ${file} cannot be used: ${what}. Set DATA_DIR to the folder of the database, or DATABASE_URL.`,
  );
}

/** TypeORM must be told which of the two servers it talks to, and sessions whether it is one of a cluster; only the server knows. */
async function describeServer(address: DatabaseAddress): Promise<SqliteAddress | MysqlAddress> {
  if (address.family === "sqlite") return address;
  const connection = await createConnection({ uri: address.url, connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query("SELECT VERSION() AS version");
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
  const text = (message || code || String(error)).split("\n")[0] ?? "";
  return code && !text.includes(code) ? `${text} (${code})` : text;
}

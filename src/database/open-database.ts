import { statSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import type { MysqlAddress, SqliteAddress } from "../../ormconfig";
import { Database, type DatabaseListener } from "./database";
import { migrate, refusePendingMigrations } from "./migrate";
import { refuseOtherSchema } from "./schema/refuse-other-schema";
import {
  cannotBeOpened,
  type DatabaseAddress,
  DatabaseUnavailable,
  unusableDatabase,
} from "./unusable-database";

export { type DatabaseAddress, DatabaseUnavailable } from "./unusable-database";

/** A server that does not answer its first statement within this time is away. */
const PATIENCE_MS = 5_000;

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
 * @throws DatabaseUnavailable it cannot be reached, refuses us or our user's statements, has no quorum, cannot be written, is locked by
 * another process, or is not there and must be
 * @throws SchemaRefused the program cannot work with this database; the message says why, and what to do
 */
export async function openDatabase(
  address: DatabaseAddress,
  { onProgress, compareSchema = true, mustExist = false, asItIs = false, ...listener }: OpenDatabaseOptions,
): Promise<Database> {
  let database: Database;
  if (mustExist && address.family === "sqlite") refuseMissingFile(address);
  try {
    database = await Database.open({ address: await withFlavour(address), listener });
  } catch (error) {
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
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw unusableDatabase(error, address) ?? error;
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

/** TypeORM must be told which of the two servers it talks to, and only the server knows. */
async function withFlavour(address: DatabaseAddress): Promise<SqliteAddress | MysqlAddress> {
  if (address.family === "sqlite") return address;
  const connection = await createConnection({ uri: address.url, connectTimeout: PATIENCE_MS });
  try {
    // A server that takes connections and does not answer would be waited for without end.
    const [rows] = await connection.query({ sql: "SELECT VERSION() AS version", timeout: PATIENCE_MS });
    const version = (rows as { version: string }[])[0]?.version ?? "";
    return { ...address, flavour: /mariadb/i.test(version) ? "mariadb" : "mysql" };
  } finally {
    // Not end: that would wait for a server which does not answer.
    connection.destroy();
  }
}

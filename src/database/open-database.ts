import { createConnection } from "mysql2/promise";
import type { MysqlAddress, SqliteAddress } from "../../ormconfig";
import { Database, type DatabaseListener } from "./database";
import { migrate } from "./migrate";

/** Where the database is, as the operator says it. */
export type DatabaseAddress = SqliteAddress | Omit<MysqlAddress, "flavour">;

/** The database cannot be used; the message says why in one line and holds no password. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/**
 * Opens a database and brings its schema up to date.
 * @throws DatabaseUnavailable it cannot be reached or refuses us
 * @throws SchemaRefused it was upgraded by a newer version of the program
 */
export async function openDatabase(
  address: DatabaseAddress,
  { onProgress, ...listener }: DatabaseListener & { onProgress: (message: string) => void },
): Promise<Database> {
  let database: Database;
  try {
    database = await Database.open({ address: await withFlavour(address), listener });
  } catch (error) {
    throw new DatabaseUnavailable(`The database ${nameOf(address)} cannot be used: ${reasonOf(error)}`);
  }
  try {
    await migrate(database.schemaSource, onProgress);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
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
  const text = (message || code || String(error)).split("\n")[0] ?? "";
  return code && !text.includes(code) ? `${text} (${code})` : text;
}

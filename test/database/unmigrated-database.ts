import { type MysqlAddress, type SqliteAddress } from "../../src/database/data-sources";
import { Database } from "../../src/database/database";
import type { TestDatabase } from "../support/test-database";

/** The options of a start that tells nobody how far it is. */
export const quiet = { onProgress: () => undefined };

/** Connects to a database without migrating it. */
export function connectOnly(storage: TestDatabase): Promise<Database> {
  const address = { flavour: "mariadb", ...storage.address } as MysqlAddress | SqliteAddress;
  return Database.open({ address });
}

/** The names of the migrations that a database says it has. */
export async function appliedMigrations(database: Database): Promise<string[]> {
  const rows = await database.schemaSource.query<{ name: string }[]>("SELECT name FROM schema_migration");
  return rows.map(({ name }) => name);
}

import { DataSource } from "typeorm";
import libsql from "libsql";
import { Initial1795250000000 as MysqlInitial } from "../src/database/migrations/mysql/Initial1795250000000";
import { Initial1795250000000 as SqliteInitial } from "../src/database/migrations/sqlite/Initial1795250000000";
import type { BenchEnvironment } from "./environment";
import { insertRows, type StoredRow } from "./requests/insert-rows";

/** The migration lease's table, as the first start of every version makes it: its absence means a foreign database. */
const LEASE_TABLE =
  "CREATE TABLE IF NOT EXISTS migration_lease (id integer PRIMARY KEY, holder varchar(40) NOT NULL, expiresAt bigint NOT NULL)";

/**
 * Gives an empty database the first released schema, and fills its tables. Released migrations never change, so the same
 * rows serve every version of the program: each migrates them to its own schema when it starts.
 * @param tables rows by table, in an order that foreign keys allow
 */
export async function fillReleasedSchema(
  environment: BenchEnvironment,
  tables: Record<string, StoredRow[]>,
): Promise<void> {
  const source = await createReleasedSchema(environment);
  try {
    await source.transaction(async (manager) => {
      for (const [table, rows] of Object.entries(tables)) await insertRows(manager, table, rows);
    });
    if (environment.kind === "mariadb") await source.query(`ANALYZE TABLE ${Object.keys(tables).join(", ")}`);
  } finally {
    await source.destroy();
  }
}

/** Gives an empty database the first released schema; one that has it, or a later one, stays as it is. */
export async function createReleasedSchema({ address }: BenchEnvironment): Promise<DataSource> {
  const shared = { entities: [], migrationsTableName: "schema_migration" };
  const source =
    address.family === "mysql"
      ? new DataSource({ ...shared, type: "mariadb", url: address.url, migrations: [MysqlInitial] })
      : new DataSource({
          ...shared,
          type: "better-sqlite3",
          driver: libsql,
          database: address.file,
          migrations: [SqliteInitial],
        });
  await source.initialize();
  await source.query(LEASE_TABLE);
  await source.runMigrations({ transaction: "each" });
  return source;
}

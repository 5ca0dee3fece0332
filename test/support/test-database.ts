import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { DatabaseAddress } from "../../src/database/open-database";
import { copyMysqlTemplate, copySqliteTemplate } from "../runner/template-database";

/** A database of the kind under test, for one test file. */
export interface TestDatabase {
  address: DatabaseAddress;
  /** The same as the operator would say it, for a server in its own process. */
  environment: { DATA_DIR: string; DATABASE_URL: string };
  /** A folder of the test's own, for whatever else it stores. */
  folder: string;
  /** Removes it with all that is in it. */
  drop(): Promise<void>;
}

/**
 * Makes a database: a file in a folder of its own, or a schema on the run's private MariaDB. It is empty, as the first start
 * of a program finds it, or `migrated` already, by copying, which is faster than to migrate.
 */
export async function makeTestDatabase({ poolSize = 10, migrated = false } = {}): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-test-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (testDatabase === "sqlite") {
    const file = join(folder, "partnergraph.sqlite");
    if (migrated) await copySqliteTemplate(file, folder);
    return {
      address: { family: "sqlite", file },
      environment: { DATA_DIR: folder, DATABASE_URL: "" },
      folder,
      drop: () => Promise.resolve(removeFolder()),
    };
  }
  const server = process.env.PARTNERGRAPH_TEST_MARIADB_URL ?? "";
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const address = { family: "mysql" as const, url: `${server}/${name}`, poolSize };
  if (migrated) await copyMysqlTemplate(address);
  return {
    address,
    environment: { DATA_DIR: folder, DATABASE_URL: `${server}/${name}` },
    folder,
    drop: async () => {
      await onServer(server, `DROP DATABASE ${name}`);
      removeFolder();
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const connection = await createConnection(url);
  await connection.query(sql);
  await connection.end();
}

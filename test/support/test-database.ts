import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { DatabaseAddress } from "../../src/database/open-database";

/** An empty database of the kind under test, for one test file. */
export interface TestDatabase {
  address: DatabaseAddress;
  /** The same as the operator would say it, for a server in its own process. */
  environment: { DATA_DIR: string; DATABASE_URL: string };
  /** A folder of the test's own, for whatever else it stores. */
  folder: string;
  /** Removes it with all that is in it. */
  drop(): Promise<void>;
}

/** Makes an empty database: a file in a folder of its own, or a schema on the run's private MariaDB. */
export async function makeTestDatabase({ poolSize = 10 } = {}): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-test-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (testDatabase === "sqlite") {
    return {
      address: { family: "sqlite", file: join(folder, "partnergraph.sqlite") },
      environment: { DATA_DIR: folder, DATABASE_URL: "" },
      folder,
      drop: () => Promise.resolve(removeFolder()),
    };
  }
  const server = process.env.PARTNERGRAPH_TEST_MARIADB_URL ?? "";
  const name = `test_${randomBytes(8).toString("hex")}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  return {
    address: { family: "mysql", url: `${server}/${name}`, poolSize },
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

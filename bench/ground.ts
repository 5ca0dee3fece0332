import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { DatabaseAddress } from "../src/database/open-database";
import { startMariadb } from "../test/support/mariadb-server";

/** The databases that the bench runs on. */
export const databaseKinds = ["sqlite", "mariadb"] as const;
/** One of them. */
export type DatabaseKind = (typeof databaseKinds)[number];

/** An empty database of the bench's own, and a folder for what else is stored. */
export interface Ground {
  kind: DatabaseKind;
  folder: string;
  address: DatabaseAddress;
  /** The same as an operator says it. */
  environment: { DATA_DIR: string; DATABASE_URL: string };
  /** The version of the database, for the report. */
  version: string;
  remove(): Promise<void>;
}

/** As many connections as our server has by default; the references get as many. */
export const POOL_SIZE = 10;

/** Makes an empty database: a file in a temporary folder, or a MariaDB that lives no longer than the bench. */
export async function makeGround(kind: DatabaseKind): Promise<Ground> {
  if (kind === "sqlite") {
    const folder = makeFolder();
    return {
      kind,
      folder,
      address: { family: "sqlite", file: join(folder, "partnergraph.sqlite") },
      environment: { DATA_DIR: folder, DATABASE_URL: "" },
      version: "SQLite (libsql)",
      remove: () => Promise.resolve(removeFolder(folder)),
    };
  }
  const server = await startMariadb();
  const ground = await makeMariadbGround(server.url, "bench");
  return { ...ground, remove: () => Promise.all([server.stop(), ground.remove()]).then(() => undefined) };
}

/** A database of this name on a running server, made where it is not there yet, and a folder that goes with `remove`. */
export async function makeMariadbGround(server: string, name: string): Promise<Ground> {
  const folder = makeFolder();
  const connection = await createConnection(server);
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${name}`);
  const [rows] = await connection.query("SELECT VERSION() AS version");
  await connection.end();
  const url = `${server}/${name}`;
  return {
    kind: "mariadb",
    folder,
    address: { family: "mysql", url, poolSize: POOL_SIZE },
    environment: { DATA_DIR: folder, DATABASE_URL: url },
    version: `MariaDB ${(rows as { version: string }[])[0]?.version.split("-")[0]}`,
    remove: () => Promise.resolve(removeFolder(folder)),
  };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-bench-"));
  process.once("exit", () => removeFolder(folder));
  return folder;
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

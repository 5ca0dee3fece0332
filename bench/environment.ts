import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { DatabaseAddress } from "../src/database/open-database";
import { startMariadb } from "../test/support/mariadb-server";
import { cpuMsOf, processesWith } from "./processes";

/** The databases that the bench runs on. */
export const databaseKinds = ["sqlite", "mariadb"] as const;
/** One of them. */
export type DatabaseKind = (typeof databaseKinds)[number];

/** An empty database of the bench's own, and a folder for what else is stored. */
export interface BenchEnvironment {
  kind: DatabaseKind;
  folder: string;
  address: DatabaseAddress;
  /** The same as an operator says it. */
  variables: { DATA_DIR: string; DATABASE_URL: string };
  /** The version of the database, for the report. */
  version: string;
  remove(): Promise<void>;
}

/** As many connections as our server has by default; the references get as many. */
export const POOL_SIZE = 10;

/** Makes an empty database: a file in a temporary folder, or a MariaDB that lives no longer than the bench. */
export async function makeEnvironment(kind: DatabaseKind): Promise<BenchEnvironment> {
  if (kind === "sqlite") {
    const folder = makeFolder();
    return {
      kind,
      folder,
      address: { family: "sqlite", file: join(folder, "partnergraph.sqlite") },
      variables: { DATA_DIR: folder, DATABASE_URL: "" },
      version: "SQLite (libsql)",
      remove: () => Promise.resolve(removeFolder(folder)),
    };
  }
  const server = await startMariadb();
  const environment = await makeMariadbEnvironment(server.url, "bench");
  return {
    ...environment,
    remove: () => Promise.all([server.stop(), environment.remove()]).then(() => undefined),
  };
}

/** Two empty environments of one kind. On MariaDB they are two databases of one server. */
export interface EnvironmentPair {
  environments: [BenchEnvironment, BenchEnvironment];
  /** Milliseconds of CPU time that the database server has used; undefined where the database is in our process. */
  databaseCpuMs?: () => number;
  /** Deletes everything. */
  remove(): Promise<void>;
}

/** Makes two empty environments of one kind, for two programs that must not see what the other one writes. */
export async function makeEnvironmentPair(kind: DatabaseKind): Promise<EnvironmentPair> {
  const first = await makeEnvironment(kind);
  if (first.address.family === "sqlite") {
    const second = await makeEnvironment(kind);
    return {
      environments: [first, second],
      remove: () => Promise.all([first.remove(), second.remove()]).then(() => undefined),
    };
  }
  const second = await makeMariadbEnvironment(
    new URL("/", first.address.url).href.replace(/\/$/, ""),
    "bench_2",
  );
  const processes = databaseProcesses(first);
  return {
    environments: [first, second],
    databaseCpuMs: () => cpuMsOf(processes),
    remove: () => Promise.all([first.remove(), second.remove()]).then(() => undefined),
  };
}

/** The process ids of an environment's database server; none on SQLite. */
export function databaseProcesses({ address }: BenchEnvironment): number[] {
  return address.family === "mysql" ? processesWith("mariadbd", `--port=${new URL(address.url).port}`) : [];
}

/** A database of this name on a running server, made where it is not there yet, and a folder that goes with `remove`. */
export async function makeMariadbEnvironment(server: string, name: string): Promise<BenchEnvironment> {
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
    variables: { DATA_DIR: folder, DATABASE_URL: url },
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

import type { DataSource } from "typeorm";
import { type DataSources, type MysqlAddress, openSqliteReader } from "./data-sources";
import { Deadline } from "../context/deadline";
import { FairSemaphore } from "../context/fair-semaphore";
import type { Statements } from "./connection";
import type { DatabaseHealth } from "./database-health";
import type { DatabaseListener } from "./database-listener";
import { GroupCommit } from "./group-commit";
import { MysqlPool } from "./mysql-pool";
import { SqliteConnection, type SqliteDriver } from "./sqlite-connection";
import type { SqliteFileGuard } from "./sqlite-file-guard";
import type { Turn } from "./turn";
import type { DatabaseWaits } from "./waits";

/** Reads of embedded SQLite are synchronous, so more than one at a time gains nothing. */
const SQLITE_READERS = 64;

/** Moves what is in the write-ahead log into the database file, without waiting for others; false where that cannot be now. */
export async function emptyLog({ writer }: DataSources): Promise<boolean> {
  const emptying = writer
    .query("PRAGMA busy_timeout = 0")
    .then(() => writer.query<{ busy: number }[]>("PRAGMA wal_checkpoint(TRUNCATE)"));
  const [row] = await emptying.catch(() => []);
  return row?.busy === 0;
}

/** Lends a connection for as long as some work takes. */
type Lend = <T>(work: (connection: Statements) => Promise<T>, turn?: Turn) => Promise<T>;

/** The ways in which a connection is lent: for reads, for one transaction, for reads of one instant. */
export type Loans = Record<"reader" | "transaction" | "snapshot", Lend>;

/** What loans are bounded by, and who hears of them. */
export interface LoanOptions {
  listener: DatabaseListener;
  waits: DatabaseWaits;
  health: DatabaseHealth;
}

/** How connections to an embedded database are lent: one that reads for all reads, and one that writes. */
export function lendOne(
  { reader, writer }: DataSources,
  guard: SqliteFileGuard,
  { listener, waits }: LoanOptions,
): Loans {
  const connectionOf = (source: DataSource) => {
    const { databaseConnection } = source.driver as unknown as { databaseConnection: SqliteDriver };
    return new SqliteConnection(databaseConnection, listener.onStatement);
  };
  const reading = connectionOf(reader);
  const readers = new FairSemaphore(SQLITE_READERS, { ...listener, busy: "Too many reads are under way" });
  const commits = new GroupCommit(connectionOf(writer), guard, listener);
  const bound = () => new Deadline(waits.maxMs);
  return {
    reader: (work, { organizationId = "", deadline = bound() } = {}) =>
      readers.run(organizationId, () => work(reading), deadline),
    transaction: (work, { organizationId = "", deadline = bound() } = {}) =>
      commits.run(work, organizationId, deadline),
    snapshot: (work) => readers.run("", () => inSqliteSnapshot(guard, listener, work), bound()),
  };
}

/** On a connection of its own: a transaction on the one that all reads share would stop the clock for all of them. */
async function inSqliteSnapshot<T>(
  guard: SqliteFileGuard,
  { onStatement }: DatabaseListener,
  work: (connection: Statements) => Promise<T>,
): Promise<T> {
  // Opening a name without a file would make an empty one.
  guard.ensurePresent();
  const driver = openSqliteReader(guard.file);
  const connection = new SqliteConnection(driver, onStatement);
  try {
    await connection.control("BEGIN");
    // The snapshot is taken by the first read.
    await connection.rows("SELECT 1 FROM sqlite_master", []);
    return await work(connection);
  } finally {
    await connection.control("ROLLBACK").catch(() => undefined);
    driver.close();
  }
}

/** How connections are lent from a pool of a database server. */
export async function lendFromPool(
  source: DataSource,
  { poolSize: size, isClusterNode }: MysqlAddress,
  options: LoanOptions,
): Promise<Loans> {
  const pool = await MysqlPool.open(source, { size, isClusterNode, ...options });
  return {
    reader: (work, turn) => pool.use(work, turn),
    transaction: (work, turn) => pool.transact(work, turn),
    snapshot: (work) => pool.snapshot(work),
  };
}

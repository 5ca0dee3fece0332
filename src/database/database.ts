import type { DataSource } from "typeorm";
import {
  closeSources,
  connect,
  type DataSources,
  makeDataSources,
  type MysqlAddress,
  openSqliteReader,
  type SqliteAddress,
} from "../../ormconfig";
import { Deadline } from "../context/deadline";
import { FairSemaphore, type WaitListener } from "../context/fair-semaphore";
import type { DomainError } from "../errors/domain-error";
import type { DatabaseFamily, StatementListener, Statements } from "./connection";
import { DatabaseHealth } from "./database-health";
import { EntityMaps } from "./entity-map";
import { GroupCommit } from "./group-commit";
import { HeadTurns } from "./head-turns";
import { MysqlPool } from "./mysql-pool";
import { sharesOf } from "./pool-shares";
import { Reads } from "./reads";
import { SqliteConnection, type SqliteDriver } from "./sqlite-connection";
import { SqliteFileGuard } from "./sqlite-file-guard";
import type { Turn } from "./turn";
import { type DatabaseWaits, SERVER_WAITS } from "./waits";

/** Reads of embedded SQLite are synchronous, so more than one at a time gains nothing. */
const SQLITE_READERS = 64;

/** Told of the database's work as it is done: for counting and tracing. */
export interface DatabaseListener extends WaitListener {
  /** Called with each statement's text. */
  onStatement?: StatementListener;
  /** The database undid a transaction, and it is tried again. */
  onRetry?: () => void;
  /** The file of an embedded database was deleted or replaced: called once, with what callers are refused with from then on. */
  onFileLost?: (refusal: DomainError) => void;
}

/** How to open a database. */
export interface DatabaseOptions {
  address: SqliteAddress | MysqlAddress;
  listener?: DatabaseListener;
  /** Those of a server when absent. */
  waits?: DatabaseWaits;
}

/** Lends a connection for as long as some work takes. */
type Lend = <T>(work: (connection: Statements) => Promise<T>, turn?: Turn) => Promise<T>;

/** The ways in which a connection is lent: for reads, for one transaction, for reads of one instant. */
type Loans = Record<"reader" | "transaction" | "snapshot", Lend>;

/** What a database is made of. */
interface DatabaseParts {
  family: DatabaseFamily;
  sources: DataSources;
  lend: Loans;
  health: DatabaseHealth;
  listener: DatabaseListener;
  waits: DatabaseWaits;
  headTurns?: HeadTurns;
  clusterTurns?: FairSemaphore;
  /** Of an embedded database. */
  guard?: SqliteFileGuard;
}

/** One opened database: reads and transactions, each with a bounded wait for its connection. */
export class Database {
  /** How the rows of each entity are read and written. */
  readonly maps: EntityMaps;

  readonly family: DatabaseFamily;
  /** What connections and transactions have met lately. */
  readonly health: DatabaseHealth;
  readonly listener: DatabaseListener;
  /** Turns of transactions at the heads of streams; absent on SQLite. */
  readonly headTurns: HeadTurns | undefined;
  /**
   * Present on a node of a cluster: one transaction of an organization at a time in this process. All changes of an organization write
   * the head of its stream, and what several nodes write there at once is undone on all of them but one. With one transaction a node,
   * a node that loses waits as a whole, and the one that won does what waits there meanwhile, undisturbed (ADR 0038).
   */
  readonly clusterTurns: FairSemaphore | undefined;

  private constructor(private readonly parts: DatabaseParts) {
    this.maps = new EntityMaps(parts.sources.writer);
    ({
      family: this.family,
      health: this.health,
      listener: this.listener,
      headTurns: this.headTurns,
      clusterTurns: this.clusterTurns,
    } = parts);
  }

  /** Connects. Throws the driver's error when the database cannot be reached. */
  static async open({ address, listener = {}, waits = SERVER_WAITS }: DatabaseOptions): Promise<Database> {
    const sources = makeDataSources(address, listener.onStatement);
    try {
      await connect(sources);
      const health = new DatabaseHealth();
      const options = { listener, waits, health };
      if (address.family === "sqlite") {
        const guard = new SqliteFileGuard(address.file);
        if (listener.onFileLost) guard.watch(listener.onFileLost, () => emptyLog(sources));
        return new Database({
          family: "sqlite",
          sources,
          lend: lendOne(sources, guard, options),
          guard,
          ...options,
        });
      }
      const lend = await lendFromPool(sources.writer, address, options);
      const headTurns = new HeadTurns(sharesOf(address.poolSize).perOrganization);
      const clusterTurns = address.isClusterNode ? turnsOnCluster() : undefined;
      return new Database({ family: "mysql", sources, lend, headTurns, clusterTurns, ...options });
    } catch (error) {
      await closeSources(sources);
      throw error;
    }
  }

  /** The connection that migrations and schema comparison work on. */
  get schemaSource(): DataSource {
    return this.parts.sources.writer;
  }

  /** The bound of work that brings none. */
  deadline(): Deadline {
    return new Deadline(this.parts.waits.maxMs);
  }

  /** Whether the file of an embedded database was deleted or replaced: nothing can be stored until it is opened anew. */
  get isFileLost(): boolean {
    return this.parts.guard?.refusal !== undefined;
  }

  /**
   * Runs reads on one connection, outside any transaction.
   * @throws SERVICE_BUSY no connection became free in time
   */
  read<T>(work: (reads: Reads) => Promise<T>, turn?: Turn): Promise<T> {
    return this.use((connection) => work(new Reads(connection, this.maps)), turn);
  }

  /**
   * Runs statements on one connection, outside any transaction; on SQLite it only reads.
   * @throws SERVICE_BUSY no connection became free in time
   */
  use<T>(work: (connection: Statements) => Promise<T>, turn?: Turn): Promise<T> {
    return this.parts.lend.reader(work, turn);
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   * @throws SERVICE_BUSY no connection became free in time
   * @throws OUTCOME_UNKNOWN the connection was lost while committing
   */
  async transact<T>(work: (connection: Statements) => Promise<T>, turn?: Turn): Promise<T> {
    try {
      const result = await this.parts.lend.transaction(work, turn);
      this.health.committed();
      return result;
    } catch (error) {
      this.health.writeFailed(error);
      throw error;
    }
  }

  /**
   * Begins and ends a transaction that does nothing: on SQLite that takes and gives back the file's write lock.
   * @throws SERVICE_BUSY somebody else had it until the deadline
   */
  takeWriteLock(turn: Turn): Promise<void> {
    return this.parts.lend.transaction(() => Promise.resolve(), turn);
  }

  /**
   * Runs reads that all see the rows as they were committed at one instant. The database keeps what is overwritten
   * meanwhile, so this is for checks and copies, and not for requests.
   * @throws SERVICE_BUSY no connection became free in time
   */
  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return this.parts.lend.snapshot((connection) => work(new Reads(connection, this.maps)));
  }

  /**
   * Gives all connections back. The file of an embedded database then holds everything, and can be copied: closing alone
   * leaves it in the write-ahead log, because libsql keeps the file open until its statements are collected.
   */
  async close(): Promise<void> {
    const { sources, family, guard } = this.parts;
    guard?.close();
    // While another process uses the log, it is that one's to move.
    if (family === "sqlite") await emptyLog(sources);
    await closeSources(sources);
  }
}

/** Moves what is in the write-ahead log into the database file, without waiting for others; false where that cannot be now. */
async function emptyLog({ writer }: DataSources): Promise<boolean> {
  const emptying = writer
    .query("PRAGMA busy_timeout = 0")
    .then(() => writer.query<{ busy: number }[]>("PRAGMA wal_checkpoint(TRUNCATE)"));
  const [row] = await emptying.catch(() => []);
  return row?.busy === 0;
}

type LoanOptions = Pick<DatabaseParts, "listener" | "waits" | "health">;

function lendOne(
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

function turnsOnCluster(): FairSemaphore {
  return new FairSemaphore(Infinity, {
    maxPerOrganization: 1,
    busy: "Others are changing the same organization",
  });
}

async function lendFromPool(
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

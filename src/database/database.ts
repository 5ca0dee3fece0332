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
import type { DomainError } from "../errors/domain-error";
import { Admission, type AdmissionListener } from "./admission";
import type { DatabaseFamily, StatementListener, Statements } from "./connection";
import { EntityMaps } from "./entity-map";
import { GroupCommit } from "./group-commit";
import { MysqlPool } from "./mysql-pool";
import { Reads } from "./reads";
import { SqliteConnection, type SqliteDriver } from "./sqlite-connection";
import { SqliteFileGuard } from "./sqlite-file-guard";

/** How long a request waits for a connection before it is told that the service is busy. */
const LONGEST_WAIT_MS = 2_000;

/** Reads of embedded SQLite are synchronous, so more than one at a time gains nothing. */
const SQLITE_READERS = 64;

/** Told of the database's work as it is done: for counting and tracing. */
export interface DatabaseListener extends AdmissionListener {
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
}

/** Lends a connection for as long as some work takes. */
type Lend = <T>(work: (connection: Statements) => Promise<T>) => Promise<T>;

/** The ways in which a connection is lent: for reads, for one transaction, for reads of one instant. */
type Loans = Record<"reader" | "transaction" | "snapshot", Lend>;

/** One opened database: reads and transactions, each with a bounded wait for its connection. */
export class Database {
  /** How the rows of each entity are read and written. */
  readonly maps: EntityMaps;

  private constructor(
    readonly family: DatabaseFamily,
    private readonly sources: DataSources,
    private readonly lend: Loans,
    readonly listener: DatabaseListener,
    private readonly guard?: SqliteFileGuard,
  ) {
    this.maps = new EntityMaps(sources.writer);
  }

  /** Connects. Throws the driver's error when the database cannot be reached. */
  static async open({ address, listener = {} }: DatabaseOptions): Promise<Database> {
    const sources = makeDataSources(address, listener.onStatement);
    try {
      await connect(sources);
      if (address.family === "sqlite") {
        const guard = new SqliteFileGuard(address.file);
        if (listener.onFileLost) guard.watch(listener.onFileLost, () => emptyLog(sources));
        return new Database("sqlite", sources, lendOne(sources, guard, listener), listener, guard);
      }
      const lend = await lendFromPool(sources.writer, address.poolSize, listener);
      return new Database("mysql", sources, lend, listener);
    } catch (error) {
      await closeSources(sources);
      throw error;
    }
  }

  /** The connection that migrations and schema comparison work on. */
  get schemaSource(): DataSource {
    return this.sources.writer;
  }

  /**
   * Runs reads on one connection, outside any transaction.
   * @throws SERVICE_BUSY no connection became free in time
   */
  read<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return this.lend.reader((connection) => work(new Reads(connection, this.maps)));
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   * @throws SERVICE_BUSY no connection became free in time
   * @throws OUTCOME_UNKNOWN the connection was lost while committing
   */
  transact<T>(work: (connection: Statements) => Promise<T>): Promise<T> {
    return this.lend.transaction(work);
  }

  /**
   * Runs reads that all see the rows as they were committed at one instant. The database keeps what is overwritten
   * meanwhile, so this is for checks and copies, and not for requests.
   * @throws SERVICE_BUSY no connection became free in time
   */
  snapshot<T>(work: (reads: Reads) => Promise<T>): Promise<T> {
    return this.lend.snapshot((connection) => work(new Reads(connection, this.maps)));
  }

  /**
   * Answers when the database does.
   * @throws SERVICE_UNAVAILABLE the file of an embedded database was deleted or replaced
   */
  async ping(): Promise<void> {
    this.guard?.ensurePresent();
    await this.read((reads) => reads.rows("SELECT 1"));
  }

  /**
   * Gives all connections back. The file of an embedded database then holds everything, and can be copied: closing alone
   * leaves it in the write-ahead log, because libsql keeps the file open until its statements are collected.
   */
  async close(): Promise<void> {
    this.guard?.close();
    // While another process uses the log, it is that one's to move.
    if (this.family === "sqlite") await emptyLog(this.sources);
    await closeSources(this.sources);
  }
}

/** Moves what is in the write-ahead log into the database file; false where a transaction is open. */
async function emptyLog({ writer }: DataSources): Promise<boolean> {
  const emptying = writer.query<{ busy: number }[]>("PRAGMA wal_checkpoint(TRUNCATE)");
  const [row] = await emptying.catch(() => []);
  return row?.busy === 0;
}

function lendOne({ reader, writer }: DataSources, guard: SqliteFileGuard, listener: DatabaseListener): Loans {
  const connectionOf = (source: DataSource) => {
    const { databaseConnection } = source.driver as unknown as { databaseConnection: SqliteDriver };
    return new SqliteConnection(databaseConnection, listener.onStatement);
  };
  const [reading, readers] = [connectionOf(reader), admissionOf(SQLITE_READERS, listener)];
  const commits = new GroupCommit(connectionOf(writer), admissionOf(1, listener), guard);
  return {
    reader: (work) => readers.run(() => work(reading)),
    transaction: (work) => commits.run(work),
    snapshot: (work) => readers.run(() => inSqliteSnapshot(guard, listener, work)),
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

async function lendFromPool(source: DataSource, places: number, listener: DatabaseListener): Promise<Loans> {
  const { onStatement } = listener;
  const pool = await MysqlPool.open(source, { admission: admissionOf(places, listener), onStatement });
  return {
    reader: (work) => pool.use(work),
    transaction: (work) => pool.transact(work),
    snapshot: (work) => pool.snapshot(work),
  };
}

function admissionOf(places: number, listener: DatabaseListener): Admission {
  return new Admission(places, LONGEST_WAIT_MS, listener);
}

import type { DataSource } from "typeorm";
import {
  closeSources,
  connect,
  type DataSources,
  makeDataSources,
  type MysqlAddress,
  type SqliteAddress,
} from "./data-sources";
import { Deadline } from "../context/deadline";
import { FairSemaphore } from "../context/fair-semaphore";
import type { DatabaseFamily, Statements } from "./connection";
import { DatabaseHealth } from "./database-health";
import type { DatabaseListener } from "./database-listener";
import { EntityMaps } from "./entity-map";
import { HeadTurns } from "./head-turns";
import { emptyLog, lendFromPool, lendOne, type LoanOptions, type Loans } from "./loans";
import { sharesOf } from "./pool-shares";
import { Reads } from "./reads";
import { SqliteFileGuard } from "./sqlite-file-guard";
import type { Turn } from "./turn";
import { type DatabaseWaits, SERVER_WAITS } from "./waits";

export type { DatabaseListener } from "./database-listener";

/** How to open a database. */
export interface DatabaseOptions {
  address: SqliteAddress | MysqlAddress;
  listener?: DatabaseListener;
  /** Those of a server when absent. */
  waits?: DatabaseWaits;
}

/** What a database is made of. */
interface DatabaseParts extends LoanOptions {
  family: DatabaseFamily;
  sources: DataSources;
  lend: Loans;
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

  /** By when work that brings no deadline must have what it waits for. */
  deadline(): Deadline {
    return new Deadline(this.parts.waits.maxMs);
  }

  /** By when a request that begins now must have what it waits for. */
  requestDeadline(): Deadline {
    return new Deadline(this.parts.waits.requestMs);
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
   * Asks for a write that changes no row. On SQLite that takes and gives back the file's write lock, and nothing is written. It needs the
   * statement: to a file that this process may only read, BEGIN IMMEDIATE is a transaction that reads, and no error.
   * @throws SERVICE_BUSY somebody else had it until the deadline
   */
  async askToWrite(turn: Turn): Promise<void> {
    await this.parts.lend.transaction(
      (connection) => connection.change("UPDATE migration_lease SET holder = holder WHERE id = 0", []),
      turn,
    );
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

function turnsOnCluster(): FairSemaphore {
  return new FairSemaphore(Infinity, {
    maxPerOrganization: 1,
    busy: "Others are changing the same organization",
  });
}

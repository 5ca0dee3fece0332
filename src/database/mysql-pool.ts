import type { DataSource } from "typeorm";
import { Deadline } from "../context/deadline";
import { FairSemaphore } from "../context/fair-semaphore";
import type { Statements } from "./connection";
import { noAnswer } from "./database-errors";
import type { DatabaseHealth } from "./database-health";
import type { DatabaseListener } from "./database-listener";
import { DeadlineWatch, type Watched } from "./deadline-watch";
import { Loan } from "./loan";
import { MysqlConnection, type MysqlDriver } from "./mysql-connection";
import { sharesOf } from "./pool-shares";
import type { Turn } from "./turn";
import type { DatabaseWaits } from "./waits";

/** What every connection is told first. Locks held too long end in a retry rather than in a queue (ADR 0003). */
const sessionSettings = (lockSeconds: number) => [
  // Never the server's own: by that a value may be cut, "" be NULL, or a backslash in a quoted value be no escape.
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  // Rows, and tables that are being altered or copied.
  `SET SESSION innodb_lock_wait_timeout = ${lockSeconds}, SESSION lock_wait_timeout = ${lockSeconds}`,
];

/**
 * What a connection to a Galera node is told besides. Before a read outside a transaction, and at the start of one, the node
 * applies everything that any node has committed, so that nobody misses a write that was acknowledged elsewhere (ADR 0038).
 */
const CLUSTER_SETTINGS = ["SET SESSION wsrep_sync_wait = 1"];

const ALL_IN_USE = "All connections to the database are in use";

/** What is used of mysql2's pool. */
interface DriverPool {
  getConnection(taken: (error: Error | null, connection: MysqlDriver) => void): void;
  on(event: "connection", listener: (connection: MysqlDriver) => void): void;
}

/** What else a pool needs. */
export interface PoolOptions {
  /** How many connections the driver's pool has. */
  size: number;
  /** Whether the server is a node of a Galera cluster. */
  isClusterNode?: boolean;
  waits: DatabaseWaits;
  listener: DatabaseListener;
  health: DatabaseHealth;
}

/** Which bounds a loan has: `isUnbounded` where its statements may take as long as they need. */
interface LoanKind {
  isTransaction: boolean;
  isUnbounded?: boolean;
}

/**
 * Lends the connections of mysql2's pool. The only place that takes one and gives it back: a connection whose state is
 * not known is destroyed, so that nobody's work is done in what is left of somebody else's transaction (ADR 0029). Transactions, which may
 * wait for locks, never hold all connections, and one organization's hold no more than half of theirs (ADR 0037).
 */
export class MysqlPool {
  private readonly pool: DriverPool;
  private readonly connections: FairSemaphore;
  private readonly transactions: FairSemaphore;
  private readonly watch = new DeadlineWatch();
  /** Resolved when a connection has its settings; rejected when the server refused them. */
  private readonly settings = new WeakMap<MysqlDriver, Promise<void>>();

  private constructor(
    source: DataSource,
    private readonly options: PoolOptions,
  ) {
    const { size, listener } = options;
    const { transactions, perOrganization } = sharesOf(size);
    this.connections = new FairSemaphore(size, { ...listener, busy: ALL_IN_USE });
    this.transactions = new FairSemaphore(transactions, {
      maxPerOrganization: perOrganization,
      onRefused: listener.onRefused,
      busy: ALL_IN_USE,
    });
    this.pool = (source.driver as unknown as { pool: DriverPool }).pool;
    this.pool.on("connection", (driver) => void this.prepare(driver));
  }

  /** Takes over the pool of a connected data source. Throws the driver's error when the first connection is refused. */
  static async open(source: DataSource, options: PoolOptions): Promise<MysqlPool> {
    const pool = new MysqlPool(source, options);
    // TypeORM opened one connection before anybody could listen; it is idle now, so it is the one that is lent.
    await pool.use(() => Promise.resolve());
    return pool;
  }

  /**
   * Runs statements on one connection, outside any transaction.
   * @throws SERVICE_BUSY no connection became free in time
   */
  use<T>(work: (connection: Statements) => Promise<T>, turn: Turn = {}): Promise<T> {
    return this.lend({ isTransaction: false }, turn, work);
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   * @throws SERVICE_BUSY no connection became free in time
   * @throws OUTCOME_UNKNOWN the connection was lost while committing
   */
  transact<T>(work: (connection: Statements) => Promise<T>, turn: Turn = {}): Promise<T> {
    const { organizationId = "", deadline = this.deadline() } = turn;
    const lend = () =>
      this.lend({ isTransaction: true }, { organizationId, deadline }, (lent) =>
        lent.transact("START TRANSACTION", work),
      );
    return this.transactions.run(organizationId, lend, deadline);
  }

  /**
   * Runs reads that all see the rows as they were committed at one instant, for as long as they take.
   * @throws SERVICE_BUSY no connection became free in time
   */
  snapshot<T>(work: (connection: Statements) => Promise<T>): Promise<T> {
    return this.lend({ isTransaction: true, isUnbounded: true }, {}, async (lent) => {
      await lent.control("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      return lent.transact("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", work);
    });
  }

  private deadline(): Deadline {
    return new Deadline(this.options.waits.maxMs);
  }

  private lend<T>(
    { isTransaction, isUnbounded = false }: LoanKind,
    { organizationId = "", deadline = this.deadline() }: Turn,
    work: (lent: Loan) => Promise<T>,
  ): Promise<T> {
    const { listener } = this.options;
    const borrow = async () => {
      const driver = await this.take(deadline);
      const lent = new Loan(new MysqlConnection(driver, listener.onStatement), isTransaction, deadline);
      if (!isUnbounded) this.watch.add(lent);
      try {
        return await work(lent);
      } finally {
        this.watch.remove(lent);
        lent.end();
        if (lent.isReusable) driver.release();
        else driver.destroy();
      }
    };
    return this.connections.run(organizationId, borrow, deadline);
  }

  /** A connection with its settings. One that comes after the deadline is for others. */
  private take(deadline: Deadline): Promise<MysqlDriver> {
    const { health } = this.options;
    return new Promise((resolve, reject) => {
      let isLate = false;
      let taken: MysqlDriver | undefined;
      const taking: Watched = {
        deadline,
        onOverdue: () => {
          isLate = true;
          taken?.destroy();
          taken?.stream.destroy();
          refuse(noAnswer());
        },
      };
      this.watch.add(taking);
      const refuse = (error: unknown) => {
        this.watch.remove(taking);
        health.connectionFailed(error);
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      this.pool.getConnection((error, driver) => {
        if (error) return refuse(error);
        if (isLate) return driver.release();
        taken = driver;
        const lend = () => {
          this.watch.remove(taking);
          resolve(driver);
        };
        (this.settings.get(driver) ?? this.prepare(driver)).then(lend, (refusal: unknown) => {
          driver.destroy();
          refuse(refusal);
        });
      });
    });
  }

  private prepare(driver: MysqlDriver): Promise<void> {
    // mysql2 listens for the first error of a pooled connection only; a second one would end the process.
    driver.on("error", () => undefined);
    const connection = new MysqlConnection(driver);
    const { waits, isClusterNode } = this.options;
    const settings = [...sessionSettings(waits.lockSeconds), ...(isClusterNode ? CLUSTER_SETTINGS : [])];
    const prepared = Promise.all(settings.map((setting) => connection.control(setting))).then(() =>
      this.options.health.connected(),
    );
    // The caller that takes the connection gets the error. If no caller does, it must not end the process.
    prepared.catch(() => undefined);
    this.settings.set(driver, prepared);
    return prepared;
  }
}

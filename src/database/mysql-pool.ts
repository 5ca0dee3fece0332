import type { DataSource } from "typeorm";
import { generalErrors } from "../errors/general.errors";
import type { Admission } from "./admission";
import type { StatementListener, Statements } from "./connection";
import { isOutcomeUnknown } from "./database-errors";
import { LentConnection } from "./lent-connection";
import { MysqlConnection, type MysqlDriver } from "./mysql-connection";

/** What every connection is told first. Locks held too long end in a retry rather than in a queue (ADR 0003). */
const SESSION_SETTINGS = [
  // Never the server's own: by that a value may be cut, "" be NULL, or a backslash in a quoted value be no escape.
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  "SET SESSION innodb_lock_wait_timeout = 5",
];

/**
 * What a connection to a Galera node is told besides. Before a read outside a transaction, and at the start of one, the node
 * applies everything that any node has committed, so that nobody misses a write that was acknowledged elsewhere (ADR 0038).
 */
const CLUSTER_SETTINGS = ["SET SESSION wsrep_sync_wait = 1"];

/** What is used of mysql2's pool. */
interface DriverPool {
  getConnection(taken: (error: Error | null, connection: MysqlDriver) => void): void;
  on(event: "connection", listener: (connection: MysqlDriver) => void): void;
}

/** What else a pool needs. */
interface PoolOptions {
  /** Has as many places as the pool has connections. */
  admission: Admission;
  /** Whether the server is a node of a Galera cluster. */
  isClusterNode?: boolean;
  onStatement?: StatementListener;
}

/**
 * Lends the connections of mysql2's pool. The only place that takes one and gives it back: a connection whose state is
 * not known is destroyed, so that nobody's work is done in what is left of somebody else's transaction (ADR 0029).
 */
export class MysqlPool {
  private readonly pool: DriverPool;
  /** Resolved when a connection has its settings; rejected when the server refused them. */
  private readonly settings = new WeakMap<MysqlDriver, Promise<void>>();

  private constructor(
    source: DataSource,
    private readonly options: PoolOptions,
  ) {
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
  use<T>(work: (connection: Statements) => Promise<T>): Promise<T> {
    return this.lend(false, work);
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   * @throws SERVICE_BUSY no connection became free in time
   * @throws OUTCOME_UNKNOWN the connection was lost while committing
   */
  transact<T>(work: (connection: Statements) => Promise<T>): Promise<T> {
    return this.lend(true, (lent) => lent.transact("START TRANSACTION", work));
  }

  /**
   * Runs reads that all see the rows as they were committed at one instant.
   * @throws SERVICE_BUSY no connection became free in time
   */
  snapshot<T>(work: (connection: Statements) => Promise<T>): Promise<T> {
    return this.lend(true, async (lent) => {
      await lent.control("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      return lent.transact("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", work);
    });
  }

  private lend<T>(isTransaction: boolean, work: (lent: Loan) => Promise<T>): Promise<T> {
    const { admission, onStatement } = this.options;
    return admission.run(async () => {
      const driver = await this.take();
      const lent = new Loan(new MysqlConnection(driver, onStatement), isTransaction);
      try {
        return await work(lent);
      } finally {
        lent.end();
        if (lent.isReusable) driver.release();
        else driver.destroy();
      }
    });
  }

  private async take(): Promise<MysqlDriver> {
    const driver = await new Promise<MysqlDriver>((resolve, reject) => {
      this.pool.getConnection((error, taken) => (error ? reject(error) : resolve(taken)));
    });
    try {
      await (this.settings.get(driver) ?? this.prepare(driver));
      return driver;
    } catch (error) {
      driver.destroy();
      throw error;
    }
  }

  private prepare(driver: MysqlDriver): Promise<void> {
    // mysql2 listens for the first error of a pooled connection only; a second one would end the process.
    driver.on("error", () => undefined);
    const connection = new MysqlConnection(driver);
    const wanted = [...SESSION_SETTINGS, ...(this.options.isClusterNode ? CLUSTER_SETTINGS : [])];
    const settings = Promise.all(wanted.map((setting) => connection.control(setting)));
    const prepared = settings.then(() => undefined);
    // The caller that takes the connection gets the error. If no caller does, it must not end the process.
    prepared.catch(() => undefined);
    this.settings.set(driver, prepared);
    return prepared;
  }
}

/** A connection on loan, with the transaction that the pool ran on it. */
class Loan extends LentConnection {
  /** From before its beginning was sent until the server has said that it is over. */
  private isTransactionOpen = false;

  /** Whether the connection may serve others; if not, it must be destroyed. */
  get isReusable(): boolean {
    return this.isFit && !this.isTransactionOpen;
  }

  async control(text: string): Promise<void> {
    try {
      await this.connection.control(text);
    } catch (error) {
      this.recordError(error);
      throw error;
    }
  }

  async transact<T>(beginning: string, work: (connection: Statements) => Promise<T>): Promise<T> {
    this.isTransactionOpen = true;
    await this.control(beginning);
    let result: T;
    try {
      result = await work(this);
      this.end();
      this.ensureWhole();
    } catch (error) {
      this.end();
      await this.rollBack();
      throw error;
    }
    await this.commit();
    return result;
  }

  private async commit(): Promise<void> {
    try {
      await this.control("COMMIT");
      this.isTransactionOpen = false;
    } catch (error) {
      if (isOutcomeUnknown(error)) {
        throw generalErrors.OUTCOME_UNKNOWN(
          "The connection to the database was lost while committing. Repeat with the same idempotencyKey, or read first.",
        );
      }
      await this.rollBack();
      throw error;
    }
  }

  /** Where the rollback fails the transaction counts as open, so the connection is destroyed and the server undoes it. */
  private async rollBack(): Promise<void> {
    try {
      await this.control("ROLLBACK");
      this.isTransactionOpen = false;
    } catch {
      // The error that led here says more.
    }
  }
}

import type { DataSource, EntityManager, QueryRunner } from "typeorm";
import {
  connect,
  type DataSources,
  makeDataSources,
  type MysqlAddress,
  type SqliteAddress,
  type StatementListener,
} from "../../ormconfig";
import { generalErrors } from "../errors/general.errors";
import { Admission } from "./admission";
import { isConnectionLost } from "./database-errors";
import { type DatabaseFamily, Reads } from "./reads";

/** How long a request waits for a connection before it is told that the service is busy. */
const LONGEST_WAIT_MS = 2_000;

/** Reads of embedded SQLite are synchronous, so more than one at a time gains nothing. */
const SQLITE_READERS = 64;

/** How to open a database. */
export interface DatabaseOptions {
  address: SqliteAddress | MysqlAddress;
  /** Called with each statement: for counting and explaining. */
  onStatement?: StatementListener;
}

/** One opened database: reads and transactions, each with a bounded wait for its connection. */
export class Database {
  private readonly readAdmission: Admission;
  private readonly writeAdmission: Admission;

  private constructor(
    readonly family: DatabaseFamily,
    private readonly sources: DataSources,
    places: { read: number; write: number } | "shared",
    poolSize: number,
  ) {
    if (places === "shared") {
      this.readAdmission = this.writeAdmission = new Admission(poolSize, LONGEST_WAIT_MS);
    } else {
      this.readAdmission = new Admission(places.read, LONGEST_WAIT_MS);
      this.writeAdmission = new Admission(places.write, LONGEST_WAIT_MS);
    }
  }

  /** Connects. Throws the driver's error when the database cannot be reached. */
  static async open({ address, onStatement }: DatabaseOptions): Promise<Database> {
    const sources = makeDataSources(address, onStatement);
    await connect(sources);
    return address.family === "sqlite"
      ? new Database("sqlite", sources, { read: SQLITE_READERS, write: 1 }, 1)
      : new Database("mysql", sources, "shared", address.poolSize);
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
    return this.readAdmission.run(async () => {
      const runner = this.sources.reader.createQueryRunner();
      try {
        return await work(new Reads(runner.manager, this.family));
      } finally {
        await runner.release();
      }
    });
  }

  /**
   * Runs the work in one transaction: committed when it returns, rolled back when it throws.
   * @throws SERVICE_BUSY no connection became free in time
   * @throws OUTCOME_UNKNOWN the connection was lost while committing
   */
  transact<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.writeAdmission.run(async () => {
      const runner = this.sources.writer.createQueryRunner();
      try {
        return await this.runInTransaction(runner, work);
      } finally {
        await runner.release();
      }
    });
  }

  /** Answers when the database does. */
  async ping(): Promise<void> {
    await this.read((reads) => reads.rows("SELECT 1"));
  }

  /** Gives all connections back. */
  async close(): Promise<void> {
    await this.sources.writer.destroy();
    if (this.sources.reader !== this.sources.writer) await this.sources.reader.destroy();
  }

  private async runInTransaction<T>(
    runner: QueryRunner,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    const control = this.family === "sqlite" ? immediateTransaction(runner) : usualTransaction(runner);
    const rollback = () => control.rollback().catch(() => undefined);
    await control.begin();
    let result: T;
    try {
      result = await work(runner.manager);
    } catch (error) {
      // A rollback that fails too has nothing to add: the connection is gone and took the transaction with it.
      await rollback();
      throw error;
    }
    try {
      await control.commit();
    } catch (error) {
      if (isConnectionLost(error)) {
        throw generalErrors.OUTCOME_UNKNOWN(
          "The connection to the database was lost while committing. Repeat with the same idempotencyKey, or read first.",
        );
      }
      await rollback();
      throw error;
    }
    return result;
  }
}

interface TransactionControl {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

function usualTransaction(runner: QueryRunner): TransactionControl {
  return {
    begin: () => runner.startTransaction(),
    commit: () => runner.commitTransaction(),
    rollback: () => runner.rollbackTransaction(),
  };
}

/**
 * Takes SQLite's write lock at once. TypeORM's own BEGIN takes it at the first write, and a transaction that has read
 * by then fails if another process has written meanwhile.
 */
function immediateTransaction(runner: QueryRunner): TransactionControl {
  const run = async (sql: string) => {
    await runner.query(sql);
  };
  return {
    begin: () => run("BEGIN IMMEDIATE"),
    commit: () => run("COMMIT"),
    rollback: () => run("ROLLBACK"),
  };
}

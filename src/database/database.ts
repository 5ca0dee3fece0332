import type { DataSource } from "typeorm";
import {
  connect,
  type DataSources,
  makeDataSources,
  type MysqlAddress,
  type SqliteAddress,
} from "../../ormconfig";
import { generalErrors } from "../errors/general.errors";
import { Admission, type AdmissionListener } from "./admission";
import type { Connection, DatabaseFamily, StatementListener } from "./connection";
import { isConnectionLost } from "./database-errors";
import { EntityMaps } from "./entity-map";
import { GroupCommit } from "./group-commit";
import { MysqlConnection, type MysqlDriver } from "./mysql-connection";
import { Reads } from "./reads";
import { SqliteConnection, type SqliteDriver } from "./sqlite-connection";

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
}

/** How to open a database. */
export interface DatabaseOptions {
  address: SqliteAddress | MysqlAddress;
  listener?: DatabaseListener;
}

/** Lends a connection for as long as some work takes, or for one transaction. */
type Lend = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** One opened database: reads and transactions, each with a bounded wait for its connection. */
export class Database {
  /** How the rows of each entity are read and written. */
  readonly maps: EntityMaps;

  private constructor(
    readonly family: DatabaseFamily,
    private readonly sources: DataSources,
    private readonly lend: { reader: Lend; transaction: Lend },
    readonly listener: DatabaseListener,
  ) {
    this.maps = new EntityMaps(sources.writer);
  }

  /** Connects. Throws the driver's error when the database cannot be reached. */
  static async open({ address, listener = {} }: DatabaseOptions): Promise<Database> {
    const sources = makeDataSources(address, listener.onStatement);
    await connect(sources);
    const lend =
      address.family === "sqlite"
        ? lendOne(sources, listener)
        : lendFromPool(sources.writer, address.poolSize, listener);
    return new Database(address.family, sources, lend, listener);
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
  transact<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.lend.transaction(work);
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
}

function lendOne({ reader, writer }: DataSources, listener: DatabaseListener) {
  const connectionOf = (source: DataSource) => {
    const { databaseConnection } = source.driver as unknown as { databaseConnection: SqliteDriver };
    return new SqliteConnection(databaseConnection, listener.onStatement);
  };
  const admissionOf = (places: number) => new Admission(places, LONGEST_WAIT_MS, listener);
  const [reading, readers] = [connectionOf(reader), admissionOf(SQLITE_READERS)];
  const commits = new GroupCommit(connectionOf(writer), admissionOf(1));
  const lend: Lend = (work) => readers.run(() => work(reading));
  const transaction: Lend = (work) => commits.run(work);
  return { reader: lend, transaction };
}

interface MysqlPool {
  getConnection(taken: (error: Error | null, connection: MysqlDriver) => void): void;
}

function lendFromPool(source: DataSource, places: number, listener: DatabaseListener) {
  const { pool } = source.driver as unknown as { pool: MysqlPool };
  const admission = new Admission(places, LONGEST_WAIT_MS, listener);
  const take = () =>
    new Promise<MysqlDriver>((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
    });
  const lend: Lend = (work) =>
    admission.run(async () => {
      const taken = await take();
      try {
        return await work(new MysqlConnection(taken, listener.onStatement));
      } finally {
        taken.release();
      }
    });
  const transaction: Lend = (work) => lend((connection) => inTransaction(connection, work));
  return { reader: lend, transaction };
}

async function inTransaction<T>(
  connection: Connection,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const rollback = () => connection.control("ROLLBACK").catch(() => undefined);
  await connection.control("START TRANSACTION");
  let result: T;
  try {
    result = await work(connection);
  } catch (error) {
    // A rollback that fails too has nothing to add: the connection is gone and took the transaction with it.
    await rollback();
    throw error;
  }
  try {
    await connection.control("COMMIT");
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

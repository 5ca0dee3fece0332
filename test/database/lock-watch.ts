import { setTimeout as pause } from "node:timers/promises";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { TestContext } from "../support/test-context";
import { PATIENCE_MS } from "../support/patience";

/** InnoDB shows what it has shown before to who asks again within 100 ms. */
const LOOK_MS = 150;

/** A statement that waited for a lock, in words. */
export type Wait = string;

/** Looks at the locks of InnoDB on a connection of its own. */
export class LockWatch {
  private constructor(private readonly connection: Connection) {}

  /** Watches the MariaDB of a test context. */
  static async open(testContext: TestContext): Promise<LockWatch> {
    return new LockWatch(await createConnection(testContext.environment.DATABASE_URL));
  }

  /** Ends its connection. */
  close(): Promise<void> {
    return this.connection.end();
  }

  /**
   * Runs work and tells which locks were waited for meanwhile by transactions of this database.
   * @param nameOf who holds a lock, by the id of its connection
   */
  async waitsDuring(work: () => Promise<unknown>, nameOf: (connectionId: number) => string): Promise<Wait[]> {
    const waits = new Set<Wait>();
    let isOver = false;
    const over = work().finally(() => (isOver = true));
    over.catch(() => undefined);
    while (!isOver) {
      await Promise.race([over.catch(() => undefined), pause(LOOK_MS)]);
      if (!isOver) for (const wait of await this.waits(nameOf)) waits.add(wait);
    }
    await over.catch((error: unknown) => waits.add(`refused: ${(error as Error).message}`));
    return [...waits];
  }

  /** Resolves when a transaction of this database waits for a lock. */
  async someoneWaits(): Promise<void> {
    for (const began = performance.now(); (await this.waits(String)).length === 0; await pause(LOOK_MS))
      if (performance.now() - began > PATIENCE_MS) throw new Error("nobody waits for a lock");
  }

  private async waits(nameOf: (connectionId: number) => string): Promise<Wait[]> {
    const [rows] = await this.connection.query<RowDataPacket[]>(
      `SELECT requested.lock_table AS tableName, requested.lock_index AS indexName, requested.lock_mode AS mode,
         requested.lock_data AS entry, waiting.trx_query AS query, blocking.trx_mysql_thread_id AS holder
       FROM information_schema.INNODB_LOCK_WAITS wait
       JOIN information_schema.INNODB_LOCKS requested ON requested.lock_id = wait.requested_lock_id
       JOIN information_schema.INNODB_TRX waiting ON waiting.trx_id = wait.requesting_trx_id
       JOIN information_schema.INNODB_TRX blocking ON blocking.trx_id = wait.blocking_trx_id
       WHERE requested.lock_table LIKE CONCAT('%', DATABASE(), '%')`,
    );
    return rows.map(
      ({ tableName, indexName, mode, entry, query, holder }) =>
        `${query} waits for ${mode} on ${indexName} of ${tableName} (${entry}) held by ${nameOf(Number(holder))}`,
    );
  }

  /** The locks on gaps between rows that a connection's transaction holds, as InnoDB prints them. */
  async gapLocks(connectionId: number): Promise<string[]> {
    await this.connection.query("SET GLOBAL innodb_status_output_locks = ON");
    const [rows] = await this.connection.query<RowDataPacket[]>("SHOW ENGINE INNODB STATUS");
    const status = String(rows[0]?.Status);
    const [, transaction = ""] = status.split(new RegExp(`(?=MariaDB thread id ${connectionId}\\b)`));
    const locks = transaction.split("\n---TRANSACTION")[0]?.match(/^RECORD LOCKS .*$/gm) ?? [];
    if (locks.length === 0) throw new Error(`connection ${connectionId} holds no lock at all`);
    return locks.filter((lock) => !/locks rec but not gap/.test(lock));
  }
}

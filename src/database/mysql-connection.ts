import { type Connection, failed, LONGEST_PREPARED, type StatementListener } from "./connection";
import { isConnectionLost } from "./database-errors";
import type { SqlValue } from "./sql";

type Answer = (error: Error | null, result?: unknown) => void;

/** What is used of a connection of mysql2's pool. */
export interface MysqlDriver {
  /** Prepared once for each text, and kept. Values go to the server apart from the text. */
  execute(text: string, values: readonly SqlValue[], answer: Answer): void;
  /** Closes a prepared statement, so that the server forgets it too. */
  unprepare(text: string): void;
  /** For texts without values: mysql2 would write them into the text. */
  query(text: string, answer: Answer): void;
  on(event: "error", listener: (error: Error) => void): void;
  /** Back into the pool, for others. */
  release(): void;
  /** Closes it, upon which the server rolls back; the pool opens another one when it needs one. */
  destroy(): void;
}

/** A connection of MySQL or MariaDB, taken from the pool. */
export class MysqlConnection implements Connection {
  readonly family = "mysql";

  constructor(
    private readonly driver: MysqlDriver,
    private readonly onStatement?: StatementListener,
  ) {}

  async rows<Row>(text: string, values: readonly SqlValue[]): Promise<Row[]> {
    const rows = await this.run(text, values);
    return Array.isArray(rows) ? (rows as Row[]) : [];
  }

  async change(text: string, values: readonly SqlValue[]): Promise<number> {
    return ((await this.run(text, values)) as { affectedRows: number }).affectedRows;
  }

  async control(text: string): Promise<void> {
    this.onStatement?.(text, []);
    await new Promise<void>((resolve, reject) => {
      this.driver.query(text, (error) => (error ? reject(failed(error, text)) : resolve()));
    });
  }

  private run(text: string, values: readonly SqlValue[]): Promise<unknown> {
    this.onStatement?.(text, values);
    return new Promise((resolve, reject) => {
      this.driver.execute(text, values, (error, result) => {
        // It would take the place of one that comes again. A lost connection takes no more commands.
        if (text.length > LONGEST_PREPARED && !isConnectionLost(error)) this.driver.unprepare(text);
        if (error) reject(failed(error, text));
        else resolve(result);
      });
    });
  }
}

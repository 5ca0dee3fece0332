import { type Connection, failed, LONGEST_PREPARED, type StatementListener } from "./connection";
import type { SqlValue } from "./sql";

type Answer = (error: Error | null, result?: unknown) => void;

/** What is used of a connection of mysql2's pool. */
export interface MysqlDriver {
  /** Prepared once for each text, and kept. */
  execute(text: string, values: readonly SqlValue[], answer: Answer): void;
  query(text: string, values: readonly SqlValue[], answer: Answer): void;
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
    await this.run(text, [], "query");
  }

  private run(
    text: string,
    values: readonly SqlValue[],
    way: "execute" | "query" = text.length > LONGEST_PREPARED ? "query" : "execute",
  ): Promise<unknown> {
    this.onStatement?.(text, values);
    return new Promise((resolve, reject) => {
      this.driver[way](text, values, (error, result) =>
        error ? reject(failed(error, text)) : resolve(result),
      );
    });
  }
}

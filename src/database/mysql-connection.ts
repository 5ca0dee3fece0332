import { type Connection, failed, MAX_PREPARED_LENGTH, type StatementListener } from "./connection";
import { isConnectionLost, noAnswer } from "./database-errors";
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
  /** The socket. */
  stream: { destroy(): void };
}

/** A connection of MySQL or MariaDB, taken from the pool. */
export class MysqlConnection implements Connection {
  readonly family = "mysql";
  /** What rejects each statement that was sent and not answered. */
  private readonly unanswered = new Set<(error: Error) => void>();
  private lastSentAt = 0;

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
    await this.send(text, [], (answer) => this.driver.query(text, answer));
  }

  /** Whether a statement has had no answer for so many milliseconds. */
  isWaitingFor(ms: number): boolean {
    return this.unanswered.size > 0 && performance.now() - this.lastSentAt >= ms;
  }

  /** Closes the connection at once, also to a server that does not answer, and rejects what it has not answered. */
  abort(): void {
    this.driver.destroy();
    this.driver.stream.destroy();
    for (const reject of this.unanswered) reject(noAnswer());
    this.unanswered.clear();
  }

  private run(text: string, values: readonly SqlValue[]): Promise<unknown> {
    return this.send(text, values, (answer) =>
      this.driver.execute(text, values, (error, result) => {
        // It would take the place of one that comes again. A lost connection takes no more commands.
        if (text.length > MAX_PREPARED_LENGTH && !isConnectionLost(error)) this.driver.unprepare(text);
        answer(error, result);
      }),
    );
  }

  private send(
    text: string,
    values: readonly SqlValue[],
    execute: (answer: Answer) => void,
  ): Promise<unknown> {
    this.onStatement?.(text, values);
    return new Promise((resolve, reject) => {
      this.unanswered.add(reject);
      this.lastSentAt = performance.now();
      execute((error, result) => {
        this.unanswered.delete(reject);
        if (error) reject(failed(error, text));
        else resolve(result);
      });
    });
  }
}

import type { Connection, Statements } from "./connection";
import { leavesSessionKnown } from "./database-errors";

/**
 * A connection as it is lent to one piece of work: it takes statements until the work is over, and remembers what makes
 * the connection unfit for the next borrower. In a transaction it refuses every statement after one that failed, with
 * that one's error: the database may have undone the transaction already, and would then run each statement by itself.
 */
export class LentConnection implements Statements {
  readonly family: Connection["family"];
  private running = 0;
  private isOver = false;
  private isSessionKnown = true;
  private failure: { error: unknown } | undefined;

  /** `isTransaction`: the work runs in one transaction, so one failed statement fails all of it. */
  constructor(
    protected readonly connection: Connection,
    private readonly isTransaction: boolean,
  ) {
    this.family = connection.family;
  }

  /** Runs a statement and gives its rows. Throws the driver's error, or an Error after the work is over. */
  rows<Row>(text: string, values: Parameters<Connection["rows"]>[1]): Promise<Row[]> {
    return this.statement(() => this.connection.rows<Row>(text, values));
  }

  /** Runs a writing statement and tells how many rows it found to change. Throws as `rows` does. */
  change(text: string, values: Parameters<Connection["change"]>[1]): Promise<number> {
    return this.statement(() => this.connection.change(text, values));
  }

  /** The work is over: whatever it left running finds the connection closed to it. */
  end(): void {
    this.isOver = true;
  }

  /**
   * Lets a transaction go on to its commit.
   * @throws the error of a statement that failed, also where the work caught it
   */
  ensureWhole(): void {
    if (this.failure) throw this.failure.error;
  }

  /** Whether the next borrower finds the connection as this one did: nothing runs, and no error left its session unknown. */
  protected get isFit(): boolean {
    return this.running === 0 && this.isSessionKnown;
  }

  /** Remembers what an error means for the session. */
  protected recordError(error: unknown): void {
    if (!leavesSessionKnown(error)) this.isSessionKnown = false;
  }

  private async statement<T>(run: () => Promise<T>): Promise<T> {
    if (this.isOver)
      throw new Error("A statement came after the end of the work that its connection was lent to.");
    this.ensureWhole();
    this.running++;
    try {
      return await run();
    } catch (error) {
      this.recordError(error);
      if (this.isTransaction) this.failure ??= { error };
      throw error;
    } finally {
      this.running--;
    }
  }
}

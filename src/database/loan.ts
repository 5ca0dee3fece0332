import type { Deadline } from "../context/deadline";
import type { Statements } from "./connection";
import type { Watched } from "./deadline-watch";
import { unknownOutcome } from "./database-refusal";
import { LentConnection } from "./lent-connection";
import type { MysqlConnection } from "./mysql-connection";

/** A statement that was sent so many milliseconds ago, or longer, is taken to wait for something. */
const WAITING_MS = 100;

/** A connection on loan, with the transaction that the pool ran on it. */
export class Loan extends LentConnection implements Watched {
  /** From before its beginning was sent until the server has said that it is over. */
  private isTransactionOpen = false;

  /** `isTransaction`: the work runs in one transaction, so one failed statement fails all of it. */
  constructor(
    private readonly own: MysqlConnection,
    isTransaction: boolean,
    readonly deadline: Deadline,
  ) {
    super(own, isTransaction);
  }

  /** Whether the connection may serve others; if not, it must be destroyed. */
  get isReusable(): boolean {
    return this.isFit && !this.isTransactionOpen;
  }

  /**
   * Closes the connection where a statement has no answer: it waits for a lock, or the server does not answer. Work whose
   * statements are answered goes on: it has nothing to gain from being done again.
   */
  onOverdue(): void {
    if (this.own.isWaitingFor(WAITING_MS)) this.own.abort();
  }

  /** Runs a statement that begins or ends a transaction, or sets something. Throws the driver's error. */
  async control(text: string): Promise<void> {
    try {
      await this.connection.control(text);
    } catch (error) {
      this.recordError(error);
      throw error;
    }
  }

  /**
   * Runs the work in a transaction.
   * @param beginning the statement that begins it
   * @throws OUTCOME_UNKNOWN nobody can know whether it was committed
   */
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
      const unknown = unknownOutcome(error);
      if (unknown) throw unknown;
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

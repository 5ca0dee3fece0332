import { meaningOf } from "./database-errors";
import type { ReadinessReason } from "./readiness-reasons";

/** A failure counts for so many milliseconds, unless it is repeated or something of its kind succeeds before. */
const FAILURE_MS = 10_000;

/** Not ready after so many milliseconds in which no check of readiness found a connection or lock free. */
const MAX_BUSY_MS = 10_000;

/** Why something failed, and when, by `performance.now()`. */
interface Failure {
  reason: ReadinessReason;
  at: number;
}

/**
 * What connections and transactions have met lately, for readiness: a check of its own cannot find out that a disk is full without
 * filling it further, or that the next connection would be refused.
 */
export class DatabaseHealth {
  private connection: Failure | undefined;
  private write: Failure | undefined;
  private busySince: number | undefined;

  /** A connection could not be made. */
  connectionFailed(error: unknown): void {
    this.connection = failureOf(error) ?? this.connection;
  }

  /** A new connection was made. */
  connected(): void {
    this.connection = undefined;
  }

  /** A transaction failed, for whatever reason. */
  writeFailed(error: unknown): void {
    const { cause = error } = (error ?? {}) as { cause?: unknown };
    this.write = failureOf(cause) ?? this.write;
  }

  /** A transaction was committed. */
  committed(): void {
    this.write = undefined;
  }

  /** A check of readiness waited in vain for a connection or a lock. Gives the reason when that has gone on for too long. */
  busy(): ReadinessReason | undefined {
    this.busySince ??= performance.now();
    return performance.now() - this.busySince > MAX_BUSY_MS ? "DATABASE_BUSY" : undefined;
  }

  /** A check of readiness got what it needed. */
  notBusy(): void {
    this.busySince = undefined;
  }

  /** Why connections or transactions have failed lately; undefined where they have not. */
  get failure(): ReadinessReason | undefined {
    return recent(this.connection) ?? recent(this.write);
  }
}

function failureOf(error: unknown): Failure | undefined {
  const { readiness } = meaningOf(error);
  return readiness && { reason: readiness, at: performance.now() };
}

function recent(failure: Failure | undefined): ReadinessReason | undefined {
  return failure && performance.now() - failure.at < FAILURE_MS ? failure.reason : undefined;
}

import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";

/** By when something must have what it waits for. It begins when it is made. */
export class Deadline {
  private readonly startedAt = performance.now();

  /** @param maxMs milliseconds from now */
  constructor(private readonly maxMs: number) {}

  /** Milliseconds that are left; 0 when it has passed. */
  get remainingMs(): number {
    return Math.max(0, this.startedAt + this.maxMs - performance.now());
  }

  /**
   * The refusal of something that waited in vain, with how long that was.
   * @param reason a sentence without its full stop, such as "All connections to the database are in use"
   */
  busy(reason: string): DomainError {
    return generalErrors.SERVICE_BUSY(
      `${reason}. The request waited ${this.waited}, and nothing was done; try again.`,
      {
        details: { retryAfterSeconds: 1 },
      },
    );
  }

  /** How long it has been since the beginning, such as "2.2 s". */
  get waited(): string {
    return `${((performance.now() - this.startedAt) / 1_000).toFixed(1)} s`;
  }
}

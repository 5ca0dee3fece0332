import { generalErrors } from "../errors/general.errors";

/** Told how work waits for its turn, for counting. */
export interface AdmissionListener {
  /** It was let in after so many milliseconds: 0 where a place was free. */
  onAdmitted?: (waitedMs: number) => void;
  /** It was sent away. */
  onRefused?: () => void;
}

interface Waiter {
  admit(): void;
}

/**
 * Lets at most `places` pieces of work run at once; the others wait in order, and not for ever. Neither the MySQL
 * driver nor TypeORM bounds the wait for a connection, and SQLite needs exactly one writer at a time.
 */
export class Admission {
  private free: number;
  private readonly waiting: Waiter[] = [];

  constructor(
    places: number,
    private readonly longestWaitMs: number,
    private readonly listener: AdmissionListener = {},
  ) {
    this.free = places;
  }

  /**
   * Runs the work when it is its turn.
   * @throws SERVICE_BUSY the wait was longer than allowed; the work was not started
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /**
   * Takes a place when it is the caller's turn; `leave` gives it back.
   * @throws SERVICE_BUSY as `run` does
   */
  enter(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      this.listener.onAdmitted?.(0);
      return Promise.resolve();
    }
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          this.listener.onAdmitted?.(performance.now() - since);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        this.listener.onRefused?.();
        const seconds = this.longestWaitMs / 1000;
        reject(
          generalErrors.SERVICE_BUSY(`The database was busy for ${seconds} s. Nothing was done; try again.`, {
            details: { retryAfterSeconds: 1 },
          }),
        );
      }, this.longestWaitMs);
      this.waiting.push(waiter);
    });
  }

  /** Gives a place that was taken to who waits longest. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next.admit();
    else this.free++;
  }
}

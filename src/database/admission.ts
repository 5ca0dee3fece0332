import { generalErrors } from "../errors/general.errors";

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

  private enter(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
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

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next.admit();
    else this.free++;
  }
}

import { FairQueue } from "./fair-queue";

/**
 * Lets a bounded number of tasks run at the same time. Those that wait are run in rounds: one task of each organization,
 * then the next of each, so that one organization with many tasks does not hold up the others.
 */
export class FairSemaphore {
  private readonly waiting = new FairQueue<() => void>();
  private free: number;

  constructor(maxRunning: number) {
    this.free = maxRunning;
  }

  /** Runs a task of an organization when a place is free. */
  async run<T>(organizationId: string, task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.add([organizationId], resolve));
    try {
      return await task();
    } finally {
      const next = this.waiting.take();
      if (next) next();
      else this.free++;
    }
  }
}

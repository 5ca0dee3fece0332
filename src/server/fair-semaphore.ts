/**
 * Lets a bounded number of tasks run at the same time. Those that wait are run in rounds: one task of each organization,
 * then the next of each, so that one organization with many tasks does not hold up the others.
 */
export class FairSemaphore {
  /** The waiting tasks of each organization, in order of arrival; the organization whose turn is next comes first. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private free: number;

  constructor(maxRunning: number) {
    this.free = maxRunning;
  }

  /** Runs a task of an organization when a place is free. */
  async run<T>(organizationId: string, task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.wait(organizationId, resolve));
    try {
      return await task();
    } finally {
      const next = this.takeNext();
      if (next) next();
      else this.free++;
    }
  }

  private wait(organizationId: string, start: () => void): void {
    const own = this.waiting.get(organizationId);
    if (own) own.push(start);
    else this.waiting.set(organizationId, [start]);
  }

  private takeNext(): (() => void) | undefined {
    const [next] = this.waiting;
    if (!next) return undefined;
    const [organizationId, own] = next;
    const start = own.shift();
    // At the end again: every other organization has its turn first.
    this.waiting.delete(organizationId);
    if (own.length > 0) this.waiting.set(organizationId, own);
    return start;
  }
}

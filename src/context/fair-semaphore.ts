import type { Deadline } from "./deadline";
import { FairQueue } from "./fair-queue";

/** Told how tasks wait for a place, for counting. */
export interface WaitListener {
  /** A task has its place after so many milliseconds: 0 where one was free. */
  onAdmitted?: (waitedMs: number) => void;
  /** A task was refused, because its deadline passed. */
  onRefused?: () => void;
}

/** What else bounds the tasks, and who hears of it. */
export interface FairSemaphoreOptions extends WaitListener {
  /** How many tasks of one organization run at the same time; all of them when absent. */
  maxPerOrganization?: number;
  /** What a task is told that waited in vain: a sentence without its full stop. */
  busy?: string | (() => string);
}

/** A task that waits for a place. */
interface Waiter {
  organizationId: string;
  start(): void;
}

const TOO_MUCH = "Too much is under way";

/**
 * Lets a bounded number of tasks run at the same time. Those that wait are run in rounds: one task of each organization,
 * then the next of each, so that one organization with many tasks does not hold up the others.
 */
export class FairSemaphore {
  private readonly waiting = new FairQueue<Waiter>();
  /** How many tasks of each organization run; kept only where that is bounded. */
  private readonly running = new Map<string, number>();
  private free: number;

  /** @param maxRunning how many tasks run at the same time */
  constructor(
    maxRunning: number,
    private readonly options: FairSemaphoreOptions = {},
  ) {
    this.free = maxRunning;
  }

  /**
   * Runs a task of an organization when it has a place.
   * @throws SERVICE_BUSY the deadline passed before; the task was not started
   */
  run<T>(organizationId: string, task: () => Promise<T>, deadline?: Deadline): Promise<T> {
    // Almost always a place is free: then the task begins at once, and nothing is made to wait with.
    if (this.tryToEnter(organizationId)) return this.runAndLeave(organizationId, task);
    return this.enter(organizationId, deadline).then(() => this.runAndLeave(organizationId, task));
  }

  private async runAndLeave<T>(organizationId: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } finally {
      this.leave(organizationId);
    }
  }

  private tryToEnter(organizationId: string): boolean {
    if (this.free <= 0 || !this.mayRun(organizationId)) return false;
    this.take(organizationId);
    this.options.onAdmitted?.(0);
    return true;
  }

  /**
   * Takes a place of an organization; `leave` gives it back.
   * @throws SERVICE_BUSY as `run` does
   */
  enter(organizationId: string, deadline?: Deadline): Promise<void> {
    if (this.tryToEnter(organizationId)) return Promise.resolve();
    return new Promise((resolve, reject) => this.wait(organizationId, deadline, { resolve, reject }));
  }

  /** Gives a place back that was taken with `enter`. */
  leave(organizationId: string): void {
    this.free++;
    this.count(organizationId, -1);
    while (this.free > 0) {
      const next = this.waiting.take((organization) => this.mayRun(organization));
      if (!next) return;
      this.take(next.organizationId);
      next.start();
    }
  }

  private wait(
    organizationId: string,
    deadline: Deadline | undefined,
    outcome: { resolve: () => void; reject: (error: Error) => void },
  ): void {
    const since = performance.now();
    const waiter: Waiter = {
      organizationId,
      start: () => {
        clearTimeout(timer);
        this.options.onAdmitted?.(performance.now() - since);
        outcome.resolve();
      },
    };
    this.waiting.add([organizationId], waiter);
    const refuse = (error: Error) => {
      this.waiting.remove([organizationId], waiter);
      this.options.onRefused?.();
      outcome.reject(error);
    };
    const { busy = TOO_MUCH } = this.options;
    const timer =
      deadline &&
      setTimeout(() => refuse(deadline.busy(typeof busy === "string" ? busy : busy())), deadline.remainingMs);
  }

  private mayRun(organizationId: string): boolean {
    const { maxPerOrganization } = this.options;
    return maxPerOrganization === undefined || (this.running.get(organizationId) ?? 0) < maxPerOrganization;
  }

  private take(organizationId: string): void {
    this.free--;
    this.count(organizationId, 1);
  }

  private count(organizationId: string, more: number): void {
    if (this.options.maxPerOrganization === undefined) return;
    const running = (this.running.get(organizationId) ?? 0) + more;
    if (running > 0) this.running.set(organizationId, running);
    else this.running.delete(organizationId);
  }
}

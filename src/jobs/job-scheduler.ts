import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { ScheduledJob } from "./scheduled-job";

/** What the scheduler uses besides its jobs. */
export interface SchedulerOptions {
  /** The context in which a job runs. */
  contextOf: (job: ScheduledJob) => UseCaseContext;
  log: Pick<Logger, "error">;
  /** Counts the runs of each job. */
  meter: { job(name: string, isDone: boolean): void };
  /** Intervals of some jobs by name, in milliseconds, instead of their own; 0 means never. For tests. */
  intervals?: Readonly<Record<string, number>>;
  /** After a run that failed the next one is tried so soon, in milliseconds; 5 s when absent. */
  firstRetryMs?: number;
}

/** After each further failure the next run is tried twice as late, up to the job's interval. */
const FIRST_RETRY_MS = 5_000;

/**
 * Runs the jobs of this node, each for itself: waits its interval or until it is woken, runs it, counts the outcome, and tries again
 * sooner than its interval when it failed. No job runs twice at once on a node.
 */
export class JobScheduler {
  private readonly closing = new AbortController();
  private readonly loops: JobLoop[];

  constructor(jobs: readonly ScheduledJob[], options: SchedulerOptions) {
    const { intervals = {} } = options;
    this.loops = jobs
      .map((job) => new JobLoop(job, intervals[job.name] ?? job.intervalMs, options, this.closing.signal))
      .filter(({ intervalMs, job }) => intervalMs > 0 || job.runsAtStop);
  }

  /** Begins with all jobs. Calling it again changes nothing. */
  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Begins nothing more, and resolves when what is under way has ended and the jobs that hold something have stored it. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.loops.map((loop) => loop.close()));
  }
}

/** One job of one node. */
class JobLoop {
  private readonly ctx: UseCaseContext;
  private running: Promise<void> | undefined;
  private isWoken = false;
  private endWait: () => void = () => undefined;

  constructor(
    readonly job: ScheduledJob,
    readonly intervalMs: number,
    private readonly options: SchedulerOptions,
    private readonly signal: AbortSignal,
  ) {
    this.ctx = options.contextOf(job);
    job.onWake?.(() => {
      this.isWoken = true;
      this.endWait();
    });
  }

  start(): void {
    if (this.intervalMs > 0) this.running ??= this.keepRunning();
  }

  async close(): Promise<void> {
    this.endWait();
    await Promise.all([this.job.close?.(), this.running]);
    if (this.job.runsAtStop) await this.runOnce();
  }

  private async keepRunning(): Promise<void> {
    let waitMs = this.job.runsAtStart ? 0 : this.spread(this.intervalMs);
    for (let failures = 0; !this.signal.aborted;) {
      await this.wait(waitMs);
      if (this.signal.aborted) return;
      const outcome = await this.runOnce();
      failures = outcome === "FAILED" ? failures + 1 : 0;
      if (outcome === "MORE") this.isWoken = true;
      const { firstRetryMs = FIRST_RETRY_MS } = this.options;
      const retryMs = failures > 0 ? firstRetryMs * 2 ** (failures - 1) : Infinity;
      waitMs = this.spread(Math.min(this.intervalMs, retryMs));
    }
  }

  /** Nodes that were started together need not look at the same moment. */
  private spread(ms: number): number {
    return ms * (0.8 + 0.4 * Math.random());
  }

  private async wait(ms: number): Promise<void> {
    if (this.isWoken || ms === 0) return nextTurn();
    const ended = new AbortController();
    this.endWait = () => ended.abort();
    await pause(ms, undefined, { signal: ended.signal, ref: false }).catch(() => undefined);
    this.endWait = () => undefined;
  }

  /** Never throws: what failed is logged and counted. */
  private async runOnce(): Promise<"DONE" | "MORE" | "FAILED"> {
    const { name } = this.job;
    const { log, meter } = this.options;
    const { isWoken, signal } = this;
    this.isWoken = false;
    let allRowsAreDone = true;
    const onRowFailed = (error: unknown, rowId: string) => {
      allRowsAreDone = false;
      log.error({ job: name, rowId, err: error }, "a job could not process a row; it is tried again");
    };
    try {
      const isMore = await this.job.run(this.ctx, { signal, isWoken, onRowFailed });
      meter.job(name, allRowsAreDone);
      return isMore === true ? "MORE" : "DONE";
    } catch (error) {
      log.error({ job: name, err: error }, "a job failed; it is tried again");
      meter.job(name, false);
      return "FAILED";
    }
  }
}

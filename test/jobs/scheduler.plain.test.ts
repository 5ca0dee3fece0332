import { setTimeout as pause } from "node:timers/promises";
import { JobScheduler, type SchedulerOptions } from "../../src/jobs/job-scheduler";
import type { JobRun, ScheduledJob } from "../../src/jobs/scheduled-job";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";

const HOUR_MS = 3_600_000;
const open: JobScheduler[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((scheduler) => scheduler.close()));
});

interface Counted {
  job: string;
  isDone: boolean;
}

/** A started scheduler, and what it counted and logged. */
function started(jobs: ScheduledJob[], options: Partial<SchedulerOptions> = {}) {
  const counted: Counted[] = [];
  const logged: { job: string; rowId?: string; err: Error }[] = [];
  const scheduler = new JobScheduler(jobs, {
    contextOf: ({ name }) => ({ requestId: name }) as UseCaseContext,
    log: { error: (line: (typeof logged)[number]) => void logged.push(line) } as SchedulerOptions["log"],
    meter: { job: (job, isDone) => void counted.push({ job, isDone }) },
    ...options,
  });
  open.push(scheduler);
  scheduler.start();
  return { scheduler, counted, logged };
}

/** A job that remembers when it ran. */
function recordedJob(
  work: (run: JobRun, runs: number) => Promise<boolean | void>,
  more: Partial<ScheduledJob> = {},
) {
  const runs: { at: number; isWoken: boolean; requestId: string }[] = [];
  const job: ScheduledJob = {
    ...{ name: "counting", does: "Counts.", intervalMs: 20 },
    ...more,
    run: (ctx, run) => {
      runs.push({ at: performance.now(), isWoken: run.isWoken, requestId: ctx.requestId });
      return work(run, runs.length);
    },
  };
  return { job, runs };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const giveUpAt = performance.now() + 5_000; !isSo();) {
    if (performance.now() > giveUpAt) throw new Error("It did not become so in 5 s.");
    await pause(2);
  }
}

describe("a scheduled job", () => {
  it("runs after its interval, again after each run, and never twice at once", async () => {
    let underWay = 0;
    let most = 0;
    const { job, runs } = recordedJob(async () => {
      most = Math.max(most, ++underWay);
      await pause(30);
      underWay--;
    });
    const begin = performance.now();
    const { counted } = started([job]);
    await until(() => runs.length >= 3);
    expect(runs[0].at - begin).toBeGreaterThan(12);
    expect(most).toBe(1);
    expect(runs.every(({ isWoken, requestId }) => !isWoken && requestId === "counting")).toBe(true);
    expect(counted.slice(0, 2)).toEqual([
      { job: "counting", isDone: true },
      { job: "counting", isDone: true },
    ]);
  });

  it("takes its interval from the test, where 0 means never", async () => {
    const often = recordedJob(() => Promise.resolve(), { name: "often", intervalMs: HOUR_MS });
    const never = recordedJob(() => Promise.resolve(), { name: "never", intervalMs: 1, runsAtStart: true });
    started([often.job, never.job], { intervals: { often: 5, never: 0 } });
    await until(() => often.runs.length >= 3);
    expect(never.runs).toEqual([]);
  });

  it("runs at the start where it says so, and at once as long as it has more to do", async () => {
    const { job, runs } = recordedJob((_run, count) => Promise.resolve(count < 4), {
      ...{ intervalMs: HOUR_MS, runsAtStart: true },
    });
    started([job]);
    await until(() => runs.length === 4);
    await pause(30);
    expect(runs.map(({ isWoken }) => isWoken)).toEqual([false, true, true, true]);
  });

  it("runs when it is woken, also when that happens while it runs", async () => {
    let wake: () => void = () => undefined;
    const { job, runs } = recordedJob(
      async (_run, count) => {
        await pause(10);
        if (count === 1) wake();
      },
      { intervalMs: HOUR_MS, onWake: (wakeJob) => (wake = wakeJob) },
    );
    started([job]);
    await pause(20);
    expect(runs).toEqual([]);
    wake();
    await until(() => runs.length === 2);
    await pause(30);
    expect(runs.map(({ isWoken }) => isWoken)).toEqual([true, true]);
  });

  it("that fails is logged, counted, and tried again later each time, sooner than its interval", async () => {
    const { job, runs } = recordedJob(
      (_run, count) => (count <= 4 ? Promise.reject(new Error(`failure ${count}`)) : Promise.resolve()),
      { intervalMs: HOUR_MS, runsAtStart: true },
    );
    const { counted, logged } = started([job], { firstRetryMs: 20 });
    await until(() => runs.length === 5);
    const waits = runs.slice(1).map(({ at }, before) => at - runs[before].at);
    expect(waits[0]).toBeGreaterThan(12);
    expect(waits[3]).toBeGreaterThan(waits[0] * 2);
    await until(() => counted.length === 5);
    expect(counted.map(({ isDone }) => isDone)).toEqual([false, false, false, false, true]);
    expect(logged).toMatchObject(
      [1, 2, 3, 4].map((count) => ({ job: "counting", err: { message: `failure ${count}` } })),
    );
  });

  it("that could not process a row counts as failed and keeps its interval", async () => {
    const { job, runs } = recordedJob(({ onRowFailed }) => {
      onRowFailed(new Error("locked"), "row_1");
      return Promise.resolve();
    });
    const { counted, logged } = started([job], { firstRetryMs: HOUR_MS });
    await until(() => runs.length >= 3);
    expect(counted[0]).toEqual({ job: "counting", isDone: false });
    expect(logged[0]).toMatchObject({ job: "counting", rowId: "row_1", err: { message: "locked" } });
  });

  it("does not wait for another one", async () => {
    const slow = recordedJob(({ signal }) => pause(HOUR_MS, undefined, { signal }).catch(() => undefined), {
      name: "slow",
    });
    const quick = recordedJob(() => Promise.resolve());
    started([slow.job, quick.job]);
    await until(() => slow.runs.length === 1 && quick.runs.length >= 3);
  });
});

describe("a scheduler that is closed", () => {
  it("aborts and waits for what is under way, lets jobs close and store, and begins nothing more", async () => {
    const happened: string[] = [];
    const job: ScheduledJob = {
      ...{ name: "ending", does: "Ends.", intervalMs: 5, runsAtStart: true, runsAtStop: true },
      run: async (_ctx, { signal }) => {
        if (signal.aborted) return void happened.push("stored");
        happened.push("began");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        await pause(20);
        happened.push("ended");
      },
      close: () => {
        happened.push("closed");
        return Promise.resolve();
      },
    };
    const { scheduler } = started([job]);
    await until(() => happened.length === 1);
    await scheduler.close();
    expect(happened).toEqual(["began", "closed", "ended", "stored"]);
    await pause(30);
    expect(happened).toHaveLength(4);
  });

  it("ends at once where all jobs wait, and stores also what was never started", async () => {
    const waiting = recordedJob(() => Promise.resolve(), { name: "waiting", intervalMs: HOUR_MS });
    const storing = recordedJob(() => Promise.resolve(), { name: "storing", runsAtStop: true });
    const { scheduler } = started([waiting.job, storing.job], { intervals: { storing: 0 } });
    await scheduler.close();
    expect(waiting.runs).toEqual([]);
    expect(storing.runs).toHaveLength(1);
  });
});

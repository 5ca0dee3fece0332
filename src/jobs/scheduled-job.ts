import type { UseCaseContext } from "../unit-of-work/use-case-context";

/** What one run of a job is given. */
export interface JobRun {
  /** Aborted when the server stops: nothing more is begun then. */
  signal: AbortSignal;
  /** Whether something woke the job or its last run had more to do, as opposed to its interval being over. */
  isWoken: boolean;
  /** Told of each row that could not be processed; the run goes on with the others, and counts as failed. */
  onRowFailed: (error: unknown, rowId: string) => void;
}

/**
 * Work that nobody's request does. Every node runs every job, several nodes at once do each thing once: by the locks or leases of the rows.
 * A job that throws is logged, counted and run again; see JobScheduler.
 */
export interface ScheduledJob {
  /** In the metrics, in the log, as the request id of what it changes, and in the documentation. */
  readonly name: string;
  /** What it does, in one sentence, for the operator. */
  readonly does: string;
  /** How long to wait between two runs, give or take a fifth; 0 means never to run it. */
  readonly intervalMs: number;
  /** How long each read and transaction may wait; as long as jobs may when absent. */
  readonly maxWaitMs?: number;
  /** Runs it when the server has started, before the first wait. */
  readonly runsAtStart?: boolean;
  /** Runs it once more when the server stops: it holds something in memory that would be lost. */
  readonly runsAtStop?: boolean;
  /** Does it. Returns true where there is more to do at once. */
  run(ctx: UseCaseContext, run: JobRun): Promise<boolean | void>;
  /** Is given what runs the job before its interval is over. */
  onWake?(wake: () => void): void;
  /** Ends what it began and did not wait for; called once, when the server stops. */
  close?(): Promise<void>;
}

/** Calls `batch` until it says that there is nothing more, or until the server stops. */
export async function whileThereIsMore(signal: AbortSignal, batch: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted && (await batch()));
}

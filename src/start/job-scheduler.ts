import { setTimeout as pause } from "node:timers/promises";
import { type ScheduledJob, processDueRows } from "../jobs/due-rows";
import { expiredInvitations } from "../invitations";
import { endedTerms } from "../subscriptions";
import { makeUseCaseContext } from "../transport/graphql/context";
import type { Services } from "../transport/services";

const SWEEP_MS = 30_000;

/**
 * How long each batch, and each row that is settled alone, waits, in milliseconds. A locked row is waited for a second, so there is one try:
 * meanwhile the others of a batch are locked too, and the next sweep comes soon.
 */
const MAX_WAIT_MS = 1_900;

/** What time brings by itself, and is looked for again and again. */
const DUE_WORKS: ScheduledJob[] = [endedTerms, expiredInvitations];

/**
 * Does every half minute what has become due: subscriptions whose term is over, invitations whose deadline has passed.
 * Every node has one; several at once do each thing once.
 */
export class JobScheduler {
  private readonly closing = new AbortController();
  private running: Promise<void> | undefined;

  /** `sweepMs` is how long to wait before each look at what is due, give or take a fifth; 0 means never to look. */
  constructor(
    private readonly services: Services,
    private readonly sweepMs = SWEEP_MS,
  ) {}

  /** Begins, after the first wait. */
  start(): void {
    if (this.sweepMs > 0) this.running ??= this.run();
  }

  /** Settles everything that is due now; what cannot be is logged and left for the next time. Never throws. */
  private async sweep(): Promise<void> {
    const { log, meter } = this.services;
    for (const work of DUE_WORKS) {
      const { operation } = work;
      const ctx = makeUseCaseContext(this.services, { kind: "SYSTEM" }, operation, MAX_WAIT_MS);
      let isDone = true;
      const onError = (error: unknown, rowId?: string) => {
        isDone = false;
        log.error({ operation, rowId, err: error }, "what is due could not be done yet");
      };
      await processDueRows(ctx, work, { onError, signal: this.closing.signal }).catch(onError);
      meter.chore(operation, isDone);
    }
  }

  /** Begins nothing more, and resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      // Nodes that were started together need not look at the same moment.
      const waitMs = this.sweepMs * (0.8 + 0.4 * Math.random());
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.sweep();
    }
  }
}

import { randomUUID } from "node:crypto";
import type { JobRun, ScheduledJob } from "../jobs/scheduled-job";
import { dueEndpoints, type Lease, takeLease } from "./webhook-lease";
import { type DeliveryDependencies, DeliveryRun } from "./delivery-run";

/** How a node delivers. */
export interface WebhookProcessorOptions extends DeliveryDependencies {
  /** How many endpoints are served at once. */
  atOnce: number;
  /** How often all endpoints are looked at, for what has become due and for notifications that were lost; 1 s when absent. */
  pollMs?: number;
  /** How long what is under way may take to end when the node stops. */
  graceMs?: number;
}

const POLL_MS = 1_000;
const GRACE_MS = 5_000;

/** How long a notification that comes right after a look waits for those after it: many changes a second need no look each. */
const LULL_MS = 25;

/** From so many notified organizations on it is cheaper to look at all. */
const MAX_NOTIFIED = 500;

/**
 * Posts the event log to the endpoints of all organizations: each endpoint gets its events in order, one at
 * a time, and waits for no other one. Any number of nodes may run one; they share the endpoints by leases in the rows,
 * and what a node held that died passes on when its lease ends.
 */
export class WebhookProcessor {
  private readonly holder = randomUUID();
  private readonly working = new Map<string, Promise<void>>();
  private readonly rung = new Set<string>();
  /** No more is begun. */
  private readonly closing = new AbortController();
  /** What is under way is cut off. */
  private readonly cutOff = new AbortController();
  private everywhere = true;
  private nextPollAt = 0;
  private wake: () => void = () => undefined;

  constructor(private readonly options: WebhookProcessorOptions) {}

  /** The job that delivers at each notification and at every poll, and stops in order. */
  get job(): ScheduledJob {
    return {
      name: "deliverWebhooks",
      does: "Sends events to webhook endpoints: what is due, and what notifications did not tell of.",
      intervalMs: this.options.pollMs ?? POLL_MS,
      runsAtStart: true,
      run: (_ctx, run) => this.look(run),
      onWake: (wake) => (this.wake = wake),
      close: () => this.close(),
    };
  }

  /** The change notifier was called: these organizations may have new events. */
  notify(organizationIds: Iterable<string>): void {
    for (const organizationId of organizationIds) this.rung.add(organizationId);
    if (this.rung.size > MAX_NOTIFIED) this.everywhere = true;
    this.wake();
  }

  /** Delivers everything that is due now, and whatever becomes due meanwhile; for those who keep the time themselves. */
  async catchUp(): Promise<void> {
    for (;;) {
      this.everywhere = true;
      await this.dispatch();
      if (this.working.size === 0) return;
      await Promise.race(this.working.values());
    }
  }

  /** Begins nothing more, lets what is under way end for some seconds, then cuts it off; gives all leases back. */
  async close(): Promise<void> {
    this.closing.abort();
    const grace = new AbortController();
    const { sleep, graceMs = GRACE_MS } = this.options;
    const ended = Promise.all(this.working.values());
    await Promise.race([ended, sleep(graceMs, grace.signal)]);
    grace.abort();
    this.cutOff.abort();
    await ended;
    await this.options.sender.close();
  }

  /** Begins with what is due; returns whether there is something more that there is room for. */
  private async look({ isWoken }: Pick<JobRun, "isWoken">): Promise<boolean> {
    if (!isWoken) this.everywhere = true;
    try {
      await this.dispatch();
    } catch (error) {
      this.everywhere = true;
      throw error;
    }
    // Where there was more than room for, the endpoints that are done set the pace.
    if (!this.everywhere) await this.options.sleep(LULL_MS, this.closing.signal);
    return (this.everywhere || this.rung.size > 0) && this.working.size < this.options.atOnce;
  }

  /** Begins with what is due, as far as there is room. */
  private async dispatch(): Promise<void> {
    const { ctx, atOnce, pollMs = POLL_MS } = this.options;
    const freeSlots = atOnce - this.working.size;
    if (freeSlots <= 0 || this.closing.signal.aborted) return;
    const now = ctx.now();
    // Bells that never end must not keep the poll from what became due by itself.
    if (Date.parse(now) >= this.nextPollAt) this.everywhere = true;
    if (this.everywhere) this.nextPollAt = Date.parse(now) + pollMs;
    const where = this.everywhere ? undefined : [...this.rung];
    this.rung.clear();
    this.everywhere = false;
    if (where?.length === 0) return;
    const due = await ctx.read((reads) => dueEndpoints(reads, now, freeSlots, where));
    if (due.length === freeSlots) this.everywhere = true;
    for (const lease of due) if (!this.working.has(lease.endpointId)) this.begin(lease);
  }

  private begin(lease: Lease): void {
    const { endpointId, organizationId } = lease;
    const work = this.serve(lease)
      .then(() => {
        // A notification that came meanwhile found the endpoint taken.
        this.rung.add(organizationId);
      })
      // The lease ends by itself, and then somebody tries again.
      .catch(this.options.onError)
      .finally(() => {
        this.working.delete(endpointId);
        if (this.rung.size > 0) this.wake();
      });
    this.working.set(endpointId, work);
  }

  private async serve(lease: Lease): Promise<void> {
    const stop = { soon: this.closing.signal, now: this.cutOff.signal };
    const held = await this.options.ctx.transaction((tx) => takeLease(tx, lease, this.holder));
    if (held) await new DeliveryRun(this.options, held, stop).take();
  }
}

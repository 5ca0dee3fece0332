import { contributed } from "../areas";
import { forgetOldEvents } from "../events/forget-old-events";
import type { ApiKeyUses } from "../identity";
import { type ScheduledJob, whileThereIsMore } from "../jobs/scheduled-job";
import { forgetOldResults } from "../unit-of-work/idempotency";
import type { WebhookProcessor } from "../webhooks";

const HOUR_MS = 3_600_000;

/** What the jobs of one node are made of. */
export interface JobSources {
  /** For how many days events are kept. */
  eventRetentionDays: number;
  keyUses: Pick<ApiKeyUses, "job">;
  /** Absent on a node that delivers no webhooks. */
  processor?: Pick<WebhookProcessor, "job">;
  live: { readonly job: ScheduledJob };
}

/** Everything that this node does by itself, as docs/operating.md lists it. */
export function scheduledJobs({ eventRetentionDays, keyUses, processor, live }: JobSources): ScheduledJob[] {
  return [
    ...contributed("jobs"),
    ...(processor ? [processor.job] : []),
    live.job,
    keyUses.job,
    {
      name: "deleteEvents",
      does: "Deletes events that are older than `EVENT_RETENTION_DAYS`, each organization's oldest first.",
      intervalMs: HOUR_MS,
      run: (ctx, { signal }) => forgetOldEvents(ctx, eventRetentionDays, signal),
    },
    {
      name: "deleteIdempotencyRecords",
      does: "Deletes the stored results of idempotency keys whose 24 hours are over.",
      intervalMs: HOUR_MS,
      run: (ctx, { signal }) => whileThereIsMore(signal, () => ctx.transaction(forgetOldResults)),
    },
  ];
}

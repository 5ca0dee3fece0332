import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { WebhookDisabledReason, type WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { disableWebhook } from "./disable-webhook";
import type { Sleep } from "./send-webhook";
import type { AfterAttempt, DeliveryProgress } from "./webhook-delivery.lifecycle";
import { releaseLease, type Lease, leaseEnd, writeLeased } from "./webhook-lease";
import { lockOwnEndpoint } from "./webhook.repository";

/** What a worker notes with. */
export interface RecordDependencies {
  ctx: UseCaseContext;
  sleep: Sleep;
  onError: (error: unknown) => void;
}

/** What was sent is noted even when the database is busy for a while: otherwise it would be sent again. */
const TRIES = 5;
const PAUSE_MS = 300;

/** Notes how far an endpoint has come; false, and nothing was written, when the lease has passed on. */
export function recordProgress(
  means: RecordDependencies,
  lease: Lease,
  changes: Partial<WebhookEndpoint>,
): Promise<boolean> {
  return written(means, (tx) => writeLeased(tx, lease, changes));
}

/** Notes an attempt by the schedule, in the log and in the endpoint, and disables the endpoint where that is due. */
export function recordAttempt(
  means: RecordDependencies,
  lease: Lease,
  delivery: WebhookDelivery,
  { progress, disable }: AfterAttempt,
): Promise<boolean> {
  return written(means, async (tx) => {
    // An attempt that failed is the turn's last one: the lease goes back in the same statement.
    const ends = progress.nextAttemptAt === null ? { leaseUntil: leaseEnd(tx.now) } : releaseLease(tx.now);
    if (!(await writeLeased(tx, lease, { ...progress, ...ends }))) return false;
    await tx.insert(WebhookDelivery, delivery);
    if (disable) await disableLeased(tx, lease, disable);
    return true;
  });
}

/** Notes what came of a test or a repetition, in its log entry, and what it settles of the endpoint. */
export function recordRequested(
  means: RecordDependencies,
  lease: Lease,
  { id, ...entry }: WebhookDelivery,
  { progress, disable }: { progress: Partial<DeliveryProgress>; disable?: WebhookDisabledReason },
): Promise<boolean> {
  return written(means, async (tx) => {
    if (!(await writeLeased(tx, lease, { ...progress, leaseUntil: leaseEnd(tx.now) }))) return false;
    await tx.updateWhere(WebhookDelivery, entry, { id });
    if (disable) await disableLeased(tx, lease, disable);
    return true;
  });
}

/** Disables an endpoint because events that it should have got next are no longer kept; false when the lease has passed on. */
export function recordGap(means: RecordDependencies, lease: Lease): Promise<boolean> {
  return written(means, async (tx) => {
    if (!(await writeLeased(tx, lease, releaseLease(tx.now)))) return false;
    await disableLeased(tx, lease, WebhookDisabledReason.EVENTS_FORGOTTEN);
    return true;
  });
}

async function disableLeased(
  tx: Transaction,
  { organizationId, endpointId }: Lease,
  reason: WebhookDisabledReason,
): Promise<void> {
  const endpoint = await lockOwnEndpoint(tx, organizationId, endpointId);
  if (endpoint) await disableWebhook(tx, endpoint, reason);
}

async function written(
  { ctx, sleep, onError }: RecordDependencies,
  work: (tx: Transaction) => Promise<boolean>,
): Promise<boolean> {
  for (let triesLeft = TRIES - 1; ; triesLeft--) {
    try {
      return await ctx.transaction(work);
    } catch (error) {
      if (triesLeft === 0) throw error;
      onError(error);
      await sleep(PAUSE_MS * (TRIES - triesLeft), new AbortController().signal);
    }
  }
}

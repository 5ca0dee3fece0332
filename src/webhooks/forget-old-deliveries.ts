import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { daysAfter } from "../values/instant";
import { deleteOldRows } from "../database/delete-old-rows";
import { type ScheduledJob, whileThereIsMore } from "../jobs/scheduled-job";
import type { Transaction } from "../unit-of-work/transaction";

/** For how many days an entry of the delivery log is kept. */
export const DELIVERY_LOG_DAYS = 30;

const INTERVAL_MS = 3_600_000;

/** Forgets some entries of the delivery log that are older than 30 days; says whether there may be more. */
export function forgetOldDeliveries(tx: Transaction): Promise<boolean> {
  return deleteOldRows(tx, WebhookDelivery, "createdAt", daysAfter(tx.now, -DELIVERY_LOG_DAYS));
}

/** The job that keeps the delivery log from growing for ever. */
export const forgetOldDeliveriesJob: ScheduledJob = {
  name: "deleteWebhookDeliveries",
  does: "Deletes entries of the delivery log of webhooks that are older than 30 days.",
  intervalMs: INTERVAL_MS,
  run: (ctx, { signal }) => whileThereIsMore(signal, () => ctx.transaction(forgetOldDeliveries)),
};

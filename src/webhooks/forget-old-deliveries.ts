import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { daysAfter } from "../context/instant";
import { deleteOldRows } from "../database/delete-old-rows";
import type { Transaction } from "../unit-of-work/transaction";

/** For how many days an entry of the delivery log is kept. */
export const DELIVERY_LOG_DAYS = 30;

/** Forgets some entries of the delivery log that are older than 30 days; says whether there may be more. */
export function forgetOldDeliveries(tx: Transaction): Promise<boolean> {
  return deleteOldRows(tx, WebhookDelivery, "createdAt", daysAfter(tx.now, -DELIVERY_LOG_DAYS));
}

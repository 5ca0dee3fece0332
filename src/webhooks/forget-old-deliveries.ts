import { daysAfter } from "../context/instant";
import type { Transaction } from "../database/transaction";

/** For how many days an entry of the delivery log is kept. */
export const DELIVERY_LOG_DAYS = 30;

/** Forgets the entries of the delivery log that are older than 30 days. */
export function forgetOldDeliveries(tx: Transaction): Promise<void> {
  return tx.execute("DELETE FROM webhook_delivery WHERE createdAt <= ?", [
    daysAfter(tx.now, -DELIVERY_LOG_DAYS),
  ]);
}

import { Subscription } from "../../entities/subscriptions/subscription";
import type { Caller } from "../access/grant";
import { ensureVersion } from "../database/writes";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { subscriptionErrors } from "./subscription.errors";
import { lockVisibleSubscription } from "./subscription.repository";

/** Which subscription, and the version the caller read. */
export interface WhichSubscription {
  subscriptionId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/** Checks the shape of a subscription's id. */
export function checkSubscriptionId({ subscriptionId }: WhichSubscription): FieldChecks {
  return new FieldChecks().id("subscriptionId", subscriptionId, Subscription);
}

/**
 * The subscription that a partner is about to change, locked until the end of the transaction. Enough for what only an active
 * one can do: as long as it is active its relationships cannot be removed.
 * @throws SUBSCRIPTION_NOT_FOUND no such subscription for this caller
 * @throws STALE_VERSION it changed since it was read
 */
export async function lockToChange(
  tx: Transaction,
  caller: Caller,
  { subscriptionId, expectedVersion }: WhichSubscription,
): Promise<Subscription> {
  const found = await lockVisibleSubscription(caller, tx, subscriptionId);
  if (!found) throw subscriptionNotFound();
  ensureVersion(found, expectedVersion);
  return found;
}

/** What a caller learns of a subscription that is not there or not its own: the same. */
export function subscriptionNotFound() {
  return subscriptionErrors.SUBSCRIPTION_NOT_FOUND("There is no such subscription that you may see.", {
    field: "subscriptionId",
  });
}

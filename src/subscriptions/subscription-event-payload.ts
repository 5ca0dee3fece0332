import type { Subscription } from "../../entities/subscriptions/subscription";
import type { SubscriptionEventPayload } from "../events/event-map";
import type { Transaction } from "../unit-of-work/transaction";

/** What an event tells about a subscription, as it is now. */
export function subscriptionEventPayload(subscription: Subscription): SubscriptionEventPayload {
  const {
    id: subscriptionId,
    customerId,
    partnerId,
    resellerId,
    offerId,
    offerName,
    quantity,
    status,
    termEndsAt,
    autoRenewEnabled,
  } = subscription;
  const then = { quantity, status, termEndsAt, autoRenewEnabled };
  return { subscriptionId, customerId, partnerId, resellerId, offerId, offerName, ...then };
}

/** Who learns of it: the customer, the partner that sold it, and the reseller of record. */
export function subscriptionAudience(subscription: Subscription): (string | null)[] {
  return [subscription.customerId, subscription.partnerId, subscription.resellerId];
}

/** Records what happened to a subscription, for everybody who learns of it. */
export function recordSubscription(
  tx: Transaction,
  type: `subscription.${"created" | "cancelled" | "suspended" | "reactivated"}`,
  subscription: Subscription,
): void {
  tx.record(type, subscriptionEventPayload(subscription), subscriptionAudience(subscription));
}

import type { Subscription } from "../../entities/subscriptions/subscription";
import type { EventPayload } from "../events/event-map";
import type { Transaction } from "../unit-of-work/transaction";

/** What an event tells about a subscription, as it is now. */
export function subscriptionEventPayload(subscription: Subscription): EventPayload<"subscription.created"> {
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

/** Records what happened to a subscription, for everybody who learns of it. */
export function recordSubscription(
  tx: Transaction,
  type: `subscription.${"created" | "cancelled" | "suspended" | "reactivated"}`,
  subscription: Subscription,
): void {
  tx.record(type, subscriptionEventPayload(subscription));
}

import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import type { Instant } from "../context/instant";
import { subscriptionErrors } from "./subscription.errors";

interface Standing {
  status: SubscriptionStatus;
  termEndsAt: Instant;
}

/**
 * From active to suspended (domain.md 11.2).
 * @throws SUBSCRIPTION_NOT_ACTIVE from any other state
 */
export function suspend(subscription: Standing): SubscriptionStatus {
  if (subscription.status === SubscriptionStatus.ACTIVE) return SubscriptionStatus.SUSPENDED;
  throw subscriptionErrors.SUBSCRIPTION_NOT_ACTIVE(
    `The subscription is ${subscription.status}; only an ACTIVE one can be suspended.`,
    { field: "subscriptionId" },
  );
}

/**
 * From suspended back to active, before the term ends (domain.md 11.2, 11.3).
 * @throws SUBSCRIPTION_NOT_SUSPENDED from any other state
 * @throws SUBSCRIPTION_TERM_ENDED the term is over
 */
export function reactivate(subscription: Standing, now: Instant): SubscriptionStatus {
  if (subscription.status !== SubscriptionStatus.SUSPENDED) {
    throw subscriptionErrors.SUBSCRIPTION_NOT_SUSPENDED(
      `The subscription is ${subscription.status}; only a SUSPENDED one can be reactivated.`,
      { field: "subscriptionId" },
    );
  }
  if (now > subscription.termEndsAt) {
    throw subscriptionErrors.SUBSCRIPTION_TERM_ENDED(
      `The term ended at ${subscription.termEndsAt}, so the subscription cannot be reactivated. Create a new one.`,
      { field: "subscriptionId" },
    );
  }
  return SubscriptionStatus.ACTIVE;
}

import { type Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import type { Instant } from "../values/instant";
import { refundableUntil } from "./refundable-batches.policy";
import { subscriptionErrors } from "./subscription.errors";

type SubscriptionState = Pick<Subscription, "status" | "termEndsAt">;
type SubscriptionStateInTerm = SubscriptionState & Pick<Subscription, "startsAt" | "autoRenewEnabled">;

const HERE = { field: "subscriptionId" };

/**
 * From active to suspended (docs/sources.md, subscription life cycle).
 * @throws SUBSCRIPTION_NOT_ACTIVE from any other state
 * @throws SUBSCRIPTION_TERM_ENDED the term is over
 */
export function suspend(subscription: SubscriptionState, now: Instant): SubscriptionStatus {
  ensureActive(subscription, "suspended");
  ensureTermRuns(subscription, now);
  return SubscriptionStatus.SUSPENDED;
}

/**
 * From suspended back to active, before the term ends (docs/sources.md, subscription life cycle).
 * @throws SUBSCRIPTION_NOT_SUSPENDED from any other state
 * @throws SUBSCRIPTION_TERM_ENDED the term is over
 */
export function reactivate(subscription: SubscriptionState, now: Instant): SubscriptionStatus {
  if (subscription.status !== SubscriptionStatus.SUSPENDED) {
    throw subscriptionErrors.SUBSCRIPTION_NOT_SUSPENDED(
      `The subscription is ${subscription.status}; only a SUSPENDED one can be reactivated.`,
      HERE,
    );
  }
  ensureTermRuns(subscription, now);
  return SubscriptionStatus.ACTIVE;
}

/**
 * Passes a subscription whose quantity, renewal and name may be changed: an active one, while its term runs.
 * @throws SUBSCRIPTION_NOT_ACTIVE it is in any other state
 * @throws SUBSCRIPTION_TERM_ENDED the term is over
 */
export function ensureChangeable(subscription: SubscriptionState, now: Instant): void {
  ensureActive(subscription, "changed");
  ensureTermRuns(subscription, now);
}

/**
 * From active or suspended to deleted, within 7 days of the start of the term (docs/sources.md, subscription life cycle).
 * @throws SUBSCRIPTION_NOT_ACTIVE from any other state
 * @throws SUBSCRIPTION_TERM_ENDED the term is over
 * @throws CANCELLATION_PERIOD_OVER the 7 days are
 */
export function cancel(subscription: SubscriptionStateInTerm, now: Instant): SubscriptionStatus {
  const { ACTIVE, SUSPENDED, DELETED } = SubscriptionStatus;
  const { status, startsAt, termEndsAt, autoRenewEnabled } = subscription;
  if (status !== ACTIVE && status !== SUSPENDED) {
    throw subscriptionErrors.SUBSCRIPTION_NOT_ACTIVE(
      `The subscription is ${status}; only an ACTIVE or SUSPENDED one can be cancelled.`,
      HERE,
    );
  }
  ensureTermRuns(subscription, now);
  const allowedUntil = refundableUntil(startsAt);
  if (now <= allowedUntil) return DELETED;
  const remediation = autoRenewEnabled
    ? `Turn auto-renewal off and it ends at ${termEndsAt}, or suspend it.`
    : `It ends by itself at ${termEndsAt}.`;
  throw subscriptionErrors.CANCELLATION_PERIOD_OVER(
    `The subscription could be cancelled until ${allowedUntil}. ${remediation}`,
    { ...HERE, details: { allowedUntil } },
  );
}

/** Until when a subscription can be cancelled, that included; null when it cannot be. */
export function cancellationAllowedUntil(
  subscription: SubscriptionStateInTerm,
  now: Instant,
): Instant | null {
  try {
    cancel(subscription, now);
  } catch {
    return null;
  }
  const { startsAt, termEndsAt } = subscription;
  const until = refundableUntil(startsAt);
  return until < termEndsAt ? until : termEndsAt;
}

function ensureActive({ status }: SubscriptionState, verb: string): void {
  if (status === SubscriptionStatus.ACTIVE) return;
  throw subscriptionErrors.SUBSCRIPTION_NOT_ACTIVE(
    `The subscription is ${status}; only an ACTIVE one can be ${verb}.`,
    HERE,
  );
}

/** Between the end of a term and what follows it, nothing can be done: what follows is decided already. */
function ensureTermRuns({ status, termEndsAt }: SubscriptionState, now: Instant): void {
  if (now <= termEndsAt) return;
  const remediation =
    status === SubscriptionStatus.SUSPENDED
      ? "so the subscription is being disabled and cannot be reactivated. Create a new one."
      : "and the subscription is about to renew or to expire. Read it again in a minute.";
  throw subscriptionErrors.SUBSCRIPTION_TERM_ENDED(`The term ended at ${termEndsAt}, ${remediation}`, HERE);
}

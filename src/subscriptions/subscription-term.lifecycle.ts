import {
  type RefundableBatch,
  type Subscription,
  SubscriptionStatus,
  SuspensionReason,
} from "../../entities/subscriptions/subscription";
import { daysAfter, type Instant, momentAfter, termEnd } from "../values/instant";
import { refundableUntil } from "./refundable-batches.policy";

type Standing = Pick<Subscription, "status" | "termEndsAt">;
type Term = Pick<Subscription, "startsAt" | "termEndsAt" | "termNumber" | "refundableBatches">;

/** What time did to a subscription, and the event that tells of it. */
export interface TermTransition {
  event: "subscription.renewed" | "subscription.expired" | "subscription.changed";
  changes: Partial<Subscription>;
}

/** For how long an expired subscription's users keep their access. */
const EXPIRED_DAYS = 30;

/** After the end of its last term: 30 days expired or disabled, and 90 days more disabled (docs/sources.md, subscription life cycle). */
const DAYS_UNTIL_DELETED = 120;

/** When time takes a subscription to its next state by itself; null where it never does. */
export function dueAt({ status, termEndsAt }: Standing): Instant | null {
  const termIsOverAt = momentAfter(termEndsAt);
  switch (status) {
    case SubscriptionStatus.ACTIVE:
    case SubscriptionStatus.SUSPENDED:
      return termIsOverAt;
    case SubscriptionStatus.EXPIRED:
      return daysAfter(termIsOverAt, EXPIRED_DAYS);
    case SubscriptionStatus.DISABLED:
      return daysAfter(termIsOverAt, DAYS_UNTIL_DELETED);
    case SubscriptionStatus.PENDING:
    case SubscriptionStatus.DELETED:
      return null;
  }
}

/** The term that begins with the purchase. */
export function firstTerm(now: Instant, termDuration: string, quantity: number): Term {
  return {
    startsAt: now,
    termEndsAt: termEnd(now, termDuration),
    termNumber: 1,
    refundableBatches: [wholeQuantity(quantity, now)],
  };
}

/**
 * The one next step that time has made due, as it is taken: an active subscription renews or expires when its term is
 * over, a suspended one is disabled; then come disabled and deleted (docs/sources.md, subscription life cycle). Nothing when none is due. After an
 * absence of months it is asked again, and each term that was missed is a step of its own.
 */
export function advanceTerm(subscription: Subscription, now: Instant): TermTransition | undefined {
  const due = dueAt(subscription);
  if (due === null || now < due) return undefined;
  switch (subscription.status) {
    case SubscriptionStatus.ACTIVE:
      return subscription.autoRenewEnabled
        ? { event: "subscription.renewed", changes: renewal(subscription) }
        : { event: "subscription.expired", changes: entering(subscription, SubscriptionStatus.EXPIRED) };
    case SubscriptionStatus.SUSPENDED:
    case SubscriptionStatus.EXPIRED:
      return {
        event: "subscription.changed",
        changes: entering(subscription, SubscriptionStatus.DISABLED, [SuspensionReason.TERM_ENDED]),
      };
    case SubscriptionStatus.DISABLED:
      return {
        event: "subscription.changed",
        changes: entering(subscription, SubscriptionStatus.DELETED),
      };
    case SubscriptionStatus.PENDING:
    case SubscriptionStatus.DELETED:
      return undefined;
  }
}

/** What a subscription is after it has entered a state in which nothing can be given back any more. */
export function entering(
  { termEndsAt }: Standing,
  status: SubscriptionStatus,
  suspensionReasons: SuspensionReason[] = [],
): Partial<Subscription> {
  return {
    status,
    suspensionReasons,
    autoRenewEnabled: false,
    dueAt: dueAt({ status, termEndsAt }),
    refundableBatches: [],
  };
}

function renewal({ createdAt, termEndsAt, termDuration, termNumber, quantity }: Subscription) {
  const startsAt = momentAfter(termEndsAt);
  const next = termEnd(createdAt, termDuration, termNumber + 1);
  return {
    startsAt,
    termEndsAt: next,
    termNumber: termNumber + 1,
    dueAt: dueAt({ status: SubscriptionStatus.ACTIVE, termEndsAt: next }),
    refundableBatches: [wholeQuantity(quantity, startsAt)],
  };
}

function wholeQuantity(quantity: number, startsAt: Instant): RefundableBatch {
  return { quantity, until: refundableUntil(startsAt) };
}

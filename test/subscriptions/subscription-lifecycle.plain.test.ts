import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { reactivate, suspend } from "../../src/subscriptions/subscription.lifecycle";

const { PENDING, ACTIVE, SUSPENDED, EXPIRED, DISABLED, DELETED } = SubscriptionStatus;
const LAST_MOMENT = "2026-06-30T23:59:59.999Z";
const BEFORE = "2026-06-30T23:59:59.998Z";
const AFTER = "2026-07-01T00:00:00.000Z";

function outcome(verb: () => unknown): unknown {
  try {
    return verb();
  } catch (error) {
    const { code, field } = error as { code: string; field?: string };
    expect(field).toBe("subscriptionId");
    return code;
  }
}

describe("every verb in every state", () => {
  it.each`
    status       | now            | suspending                   | reactivating
    ${ACTIVE}    | ${BEFORE}      | ${SUSPENDED}                 | ${"SUBSCRIPTION_NOT_SUSPENDED"}
    ${ACTIVE}    | ${AFTER}       | ${SUSPENDED}                 | ${"SUBSCRIPTION_NOT_SUSPENDED"}
    ${SUSPENDED} | ${BEFORE}      | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${ACTIVE}
    ${SUSPENDED} | ${LAST_MOMENT} | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${ACTIVE}
    ${SUSPENDED} | ${AFTER}       | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${"SUBSCRIPTION_TERM_ENDED"}
    ${PENDING}   | ${BEFORE}      | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${"SUBSCRIPTION_NOT_SUSPENDED"}
    ${EXPIRED}   | ${BEFORE}      | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${"SUBSCRIPTION_NOT_SUSPENDED"}
    ${DISABLED}  | ${BEFORE}      | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${"SUBSCRIPTION_NOT_SUSPENDED"}
    ${DELETED}   | ${BEFORE}      | ${"SUBSCRIPTION_NOT_ACTIVE"} | ${"SUBSCRIPTION_NOT_SUSPENDED"}
  `(
    "$status at $now: suspend $suspending, reactivate $reactivating",
    ({ status, now, suspending, reactivating }) => {
      const subscription = { status, termEndsAt: LAST_MOMENT };
      expect(outcome(() => suspend(subscription))).toBe(suspending);
      expect(outcome(() => reactivate(subscription, now))).toBe(reactivating);
    },
  );
});

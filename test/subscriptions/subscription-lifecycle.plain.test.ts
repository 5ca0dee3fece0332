import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import {
  cancel,
  cancellationAllowedUntil,
  ensureChangeable,
  reactivate,
  suspend,
} from "../../src/subscriptions/subscription.lifecycle";

const { PENDING, ACTIVE, SUSPENDED, EXPIRED, DISABLED, DELETED } = SubscriptionStatus;
const STARTS = "2026-06-01T10:00:00.000Z";
const LAST_DAY = "2026-06-08T10:00:00.000Z";
const DAY_AFTER = "2026-06-08T10:00:00.001Z";
const LAST_MOMENT = "2026-06-30T23:59:59.999Z";
const AFTER = "2026-07-01T00:00:00.000Z";

const [ok, notActive, notSuspended] = ["ok", "SUBSCRIPTION_NOT_ACTIVE", "SUBSCRIPTION_NOT_SUSPENDED"];
const [ended, over] = ["SUBSCRIPTION_TERM_ENDED", "CANCELLATION_PERIOD_OVER"];

const standing = (status: SubscriptionStatus) => ({
  status,
  startsAt: STARTS,
  termEndsAt: LAST_MOMENT,
  autoRenewEnabled: status === ACTIVE,
});

function outcome(verb: () => unknown): unknown {
  try {
    return verb() ?? ok;
  } catch (error) {
    const { code, field } = error as { code: string; field?: string };
    expect(field).toBe("subscriptionId");
    return code;
  }
}

describe("every verb in every state", () => {
  it.each`
    status       | now            | suspending   | reactivating    | changing     | cancelling
    ${ACTIVE}    | ${LAST_DAY}    | ${SUSPENDED} | ${notSuspended} | ${ok}        | ${DELETED}
    ${ACTIVE}    | ${DAY_AFTER}   | ${SUSPENDED} | ${notSuspended} | ${ok}        | ${over}
    ${ACTIVE}    | ${LAST_MOMENT} | ${SUSPENDED} | ${notSuspended} | ${ok}        | ${over}
    ${ACTIVE}    | ${AFTER}       | ${ended}     | ${notSuspended} | ${ended}     | ${ended}
    ${SUSPENDED} | ${LAST_DAY}    | ${notActive} | ${ACTIVE}       | ${notActive} | ${DELETED}
    ${SUSPENDED} | ${DAY_AFTER}   | ${notActive} | ${ACTIVE}       | ${notActive} | ${over}
    ${SUSPENDED} | ${LAST_MOMENT} | ${notActive} | ${ACTIVE}       | ${notActive} | ${over}
    ${SUSPENDED} | ${AFTER}       | ${notActive} | ${ended}        | ${notActive} | ${ended}
    ${PENDING}   | ${LAST_DAY}    | ${notActive} | ${notSuspended} | ${notActive} | ${notActive}
    ${EXPIRED}   | ${LAST_DAY}    | ${notActive} | ${notSuspended} | ${notActive} | ${notActive}
    ${DISABLED}  | ${LAST_DAY}    | ${notActive} | ${notSuspended} | ${notActive} | ${notActive}
    ${DELETED}   | ${LAST_DAY}    | ${notActive} | ${notSuspended} | ${notActive} | ${notActive}
  `(
    "$status at $now: suspend $suspending, reactivate $reactivating, change $changing, cancel $cancelling",
    ({ status, now, suspending, reactivating, changing, cancelling }) => {
      const subscription = standing(status as SubscriptionStatus);
      expect(outcome(() => suspend(subscription, now))).toBe(suspending);
      expect(outcome(() => reactivate(subscription, now))).toBe(reactivating);
      expect(outcome(() => ensureChangeable(subscription, now))).toBe(changing);
      expect(outcome(() => cancel(subscription, now))).toBe(cancelling);
    },
  );
});

describe("the time to cancel", () => {
  it("is told as long as it lasts, and not after", () => {
    expect(cancellationAllowedUntil(standing(ACTIVE), LAST_DAY)).toBe(LAST_DAY);
    expect(cancellationAllowedUntil(standing(ACTIVE), DAY_AFTER)).toBeNull();
    expect(cancellationAllowedUntil(standing(EXPIRED), LAST_DAY)).toBeNull();
  });

  it("is over with the term where that is shorter than 7 days", () => {
    const short = { ...standing(ACTIVE), termEndsAt: "2026-06-03T23:59:59.999Z" };
    expect(cancellationAllowedUntil(short, STARTS)).toBe(short.termEndsAt);
    expect(outcome(() => cancel(short, "2026-06-04T00:00:00.000Z"))).toBe(ended);
  });

  const messageOf = (status: SubscriptionStatus) => {
    try {
      return cancel(standing(status), DAY_AFTER);
    } catch (error) {
      expect(error).toMatchObject({ details: { allowedUntil: LAST_DAY } });
      return (error as Error).message;
    }
  };

  it("when it is over, is answered with its date and what can be done instead", () => {
    expect(messageOf(ACTIVE)).toBe(
      `The subscription could be cancelled until ${LAST_DAY}. Turn auto-renewal off and it ends at ${LAST_MOMENT}, or suspend it.`,
    );
    expect(messageOf(SUSPENDED)).toBe(
      `The subscription could be cancelled until ${LAST_DAY}. It ends by itself at ${LAST_MOMENT}.`,
    );
  });
});

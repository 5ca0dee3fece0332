import { type Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { momentAfter } from "../../src/values/instant";
import { dueAt, firstTerm, advanceTerm } from "../../src/subscriptions/subscription-term.lifecycle";

const { PENDING, ACTIVE, SUSPENDED, EXPIRED, DISABLED, DELETED } = SubscriptionStatus;
const ENDS = "2026-06-30T23:59:59.999Z";
const OVER = "2026-07-01T00:00:00.000Z";

/** A subscription of five, bought at an instant, of which the lifecycle looks at these fields only. */
function bought(createdAt: string, termDuration: string, rest: Partial<Subscription> = {}): Subscription {
  const term = { createdAt, termDuration, ...firstTerm(createdAt, termDuration, 5) };
  return { quantity: 5, status: ACTIVE, autoRenewEnabled: true, ...term, ...rest } as Subscription;
}

/** Every step that time makes due until an instant. */
function stepsUntil(now: string, subscription: Subscription) {
  const steps: { event: string; after: Subscription }[] = [];
  for (let after = subscription; ;) {
    const passage = advanceTerm(after, now);
    if (!passage) return steps;
    after = { ...after, ...passage.changes };
    steps.push({ event: passage.event, after });
  }
}

it.each`
  status       | autoRenewEnabled | due                           | event                     | next
  ${ACTIVE}    | ${true}          | ${OVER}                       | ${"subscription.renewed"} | ${ACTIVE}
  ${ACTIVE}    | ${false}         | ${OVER}                       | ${"subscription.expired"} | ${EXPIRED}
  ${SUSPENDED} | ${false}         | ${OVER}                       | ${"subscription.changed"} | ${DISABLED}
  ${EXPIRED}   | ${false}         | ${"2026-07-31T00:00:00.000Z"} | ${"subscription.changed"} | ${DISABLED}
  ${DISABLED}  | ${false}         | ${"2026-10-29T00:00:00.000Z"} | ${"subscription.changed"} | ${DELETED}
`(
  "$status, renewing $autoRenewEnabled, is due at $due and not a moment before: $event, $next",
  ({ status, autoRenewEnabled, due, event, next }) => {
    const subscription = bought("2026-06-01T10:00:00.000Z", "P1M", {
      status: status as SubscriptionStatus,
      autoRenewEnabled: autoRenewEnabled as boolean,
      termEndsAt: ENDS,
    });
    expect(dueAt(subscription)).toBe(due);
    const momentBefore = new Date(Date.parse(due as string) - 1).toISOString();
    expect(advanceTerm(subscription, momentBefore)).toBeUndefined();
    const passage = advanceTerm(subscription, due as string);
    expect(passage).toMatchObject({ event, changes: next === ACTIVE ? {} : { status: next } });
  },
);

it.each([PENDING, DELETED])("%s is never due", (status) => {
  const subscription = bought("2020-01-01T00:00:00.000Z", "P1M", { status });
  expect(dueAt(subscription)).toBeNull();
  expect(advanceTerm(subscription, OVER)).toBeUndefined();
});

describe("a renewal", () => {
  it("begins at the first moment of the next day and opens the 7 days for the whole quantity again", () => {
    const [{ after }] = stepsUntil("2026-07-03T09:00:00.000Z", bought("2026-06-03T10:00:00.000Z", "P1M"));
    expect(after).toMatchObject({
      startsAt: "2026-07-03T00:00:00.000Z",
      termEndsAt: "2026-08-02T23:59:59.999Z",
      dueAt: "2026-08-03T00:00:00.000Z",
      termNumber: 2,
      refundableBatches: [{ quantity: 5, until: "2026-07-10T00:00:00.000Z" }],
    });
  });

  it.each([
    ["2026-01-31T10:00:00.000Z", "P1M", ["02-27", "03-30", "04-29", "05-30", "06-29"]],
    ["2026-01-30T10:00:00.000Z", "P1M", ["02-27", "03-29", "04-29", "05-29", "06-29"]],
    ["2026-01-01T00:00:00.000Z", "P1M", ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]],
    ["2028-01-31T10:00:00.000Z", "P1M", ["02-28", "03-30", "04-29", "05-30", "06-29"]],
  ])("of %s by %s ends on %j: short months leave no trace", (start, duration, days) => {
    const first = bought(start, duration);
    const ends = [
      first,
      ...stepsUntil(`${start.slice(0, 4)}-06-01T00:00:00.000Z`, first).map((s) => s.after),
    ];
    expect(ends.map(({ termEndsAt }) => termEndsAt.slice(5, 10))).toEqual(days);
  });

  it.each([
    [
      "2024-02-29T10:00:00.000Z",
      "P1Y",
      ["2025-02-27", "2026-02-27", "2027-02-27", "2028-02-28", "2029-02-27"],
    ],
    ["2025-12-31T10:00:00.000Z", "P3Y", ["2028-12-30", "2031-12-30"]],
    ["2026-06-01T10:00:00.000Z", "P1D", ["2026-06-01", "2026-06-02", "2026-06-03"]],
  ])("of %s by %s ends on %j", (start, duration, days) => {
    const first = bought(start, duration);
    const lastRenewal = momentAfter(`${days[days.length - 2] ?? ""}T23:59:59.999Z`);
    const after = stepsUntil(lastRenewal, first).map((step) => step.after);
    expect([first, ...after].map(({ termEndsAt }) => termEndsAt.slice(0, 10))).toEqual(days);
  });
});

describe("after an absence", () => {
  it("each term that was missed is a step of its own", () => {
    const steps = stepsUntil("2026-12-15T00:00:00.000Z", bought("2026-06-10T10:00:00.000Z", "P1M"));
    expect(steps.map(({ event, after }) => `${event} ${after.termEndsAt.slice(0, 10)}`)).toEqual(
      ["2026-08-09", "2026-09-09", "2026-10-09", "2026-11-09", "2026-12-09", "2027-01-09"].map(
        (day) => `subscription.renewed ${day}`,
      ),
    );
  });

  it("of a year, what did not renew has been through every state, and can be given back no more", () => {
    const steps = stepsUntil(
      "2027-08-01T00:00:00.000Z",
      bought("2026-06-01T10:00:00.000Z", "P1M", { autoRenewEnabled: false }),
    );
    expect(
      steps.map(({ after }) => [after.status, after.dueAt?.slice(0, 10), after.suspensionReasons]),
    ).toEqual([
      [EXPIRED, "2026-07-31", []],
      [DISABLED, "2026-10-29", ["TERM_ENDED"]],
      [DELETED, undefined, []],
    ]);
    expect(steps.every(({ after }) => after.refundableBatches.length === 0)).toBe(true);
  });
});

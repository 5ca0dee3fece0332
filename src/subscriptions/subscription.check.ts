import { findActiveSellers } from "../relationships";
import { ActivityResource } from "../../entities/activity/activity-record";
import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { missingActivity } from "../activity/expected-activity";
import { termEnd } from "../values/instant";
import { type ConsistencyCheck, CHECK_PAGE, type Finding, problemsOf } from "../database/consistency-check";
import type { Reads } from "../database/reads";
import { limit, sql } from "../database/sql";
import { audienceOf } from "../events/event-audience";
import { missingEvents } from "../events/expected-events";
import { subscriptionEventPayload } from "./subscription-event-payload";
import { dueAt } from "./subscription-term.lifecycle";

const TABLE = "subscription";

const HAS_REASONS: string[] = [SubscriptionStatus.SUSPENDED, SubscriptionStatus.DISABLED];
const MAY_RENEW: string[] = [SubscriptionStatus.ACTIVE, SubscriptionStatus.SUSPENDED];

/** Compares subscriptions with their own states and terms, the relationships they need, their events and records. */
export const subscriptionCheck: ConsistencyCheck = {
  name: "subscriptions",
  async *run(reads) {
    for (let after = "", isLast = false; !isLast;) {
      const page = await reads.all(
        Subscription,
        sql`FROM subscription WHERE id > ${after} ORDER BY id${limit(CHECK_PAGE)}`,
      );
      const findings = page.flatMap((row) => [...stateProblems(row), ...termProblems(row)]);
      const sellers = await withoutSeller(reads, page);
      const events = await missingEvents(reads, page.flatMap(expectedEvents));
      const activity = await missingActivity(reads, page.flatMap(expectedActivity));
      yield { looked: page.length, findings: [...findings, ...sellers, ...events, ...activity] };
      after = page[page.length - 1]?.id ?? after;
      isLast = page.length < CHECK_PAGE;
    }
  },
};

function stateProblems(row: Subscription): Finding[] {
  const { id, status, suspensionReasons, autoRenewEnabled, quantity, refundableBatches } = row;
  const refundable = refundableBatches.reduce((sum, batch) => sum + batch.quantity, 0);
  const hasReasons = suspensionReasons.length > 0;
  return problemsOf(
    TABLE,
    id,
    [!(status in SubscriptionStatus), `its status is ${status}`, Object.keys(SubscriptionStatus).join(", ")],
    [
      HAS_REASONS.includes(status) && !hasReasons,
      `it is ${status} without a reason`,
      "a reason in suspensionReasons",
    ],
    [
      !HAS_REASONS.includes(status) && hasReasons,
      `it is ${status} for ${suspensionReasons.join(", ")}`,
      "no reason",
    ],
    [
      !MAY_RENEW.includes(status) && autoRenewEnabled,
      `it is ${status} and renews by itself`,
      "no auto-renewal",
    ],
    [quantity < 1, `its quantity is ${quantity}`, "1 or more"],
    [refundable > quantity, `${refundable} of its ${quantity} can be given back`, `${quantity} at most`],
  );
}

function termProblems(row: Subscription): Finding[] {
  const { id, createdAt, termDuration, termNumber, startsAt, termEndsAt } = row;
  const due = dueAt(row);
  const end = termNumber >= 1 ? termEnd(createdAt, termDuration, termNumber) : termEndsAt;
  return problemsOf(
    TABLE,
    id,
    [termNumber < 1, `its term is number ${termNumber}`, "1 or more"],
    [termEndsAt < startsAt, `its term ends at ${termEndsAt}, before it starts`, `after ${startsAt}`],
    [
      termEndsAt !== end,
      `its term ${termNumber} ends at ${termEndsAt}`,
      `${end}, by ${createdAt} and ${termDuration}`,
    ],
    [row.dueAt !== due, `its next step is due at ${row.dueAt}`, `${due}, by its status and term`],
  );
}

/** An active subscription keeps the relationships that it was bought through from being removed. */
async function withoutSeller(reads: Reads, page: readonly Subscription[]): Promise<Finding[]> {
  const active = page.filter(({ status }) => status === SubscriptionStatus.ACTIVE);
  if (active.length === 0) return [];
  const sellers = await findActiveSellers(reads, [...new Set(active.map(({ customerId }) => customerId))]);
  return active.flatMap(({ id, customerId, partnerId, resellerId }) =>
    [partnerId, resellerId]
      .filter((seller) => seller !== null && !sellers.get(customerId)?.has(seller))
      .map((seller) => ({
        ...{ table: TABLE, id },
        problem: `it is ACTIVE, and ${seller} has no active relationship with ${customerId}`,
        expected: "an ACTIVE relationship",
      })),
  );
}

const audienceOfCreation = (row: Subscription) =>
  audienceOf("subscription.created", subscriptionEventPayload(row));

function expectedEvents(row: Subscription) {
  const { id, customerId, createdAt: at } = row;
  const type = "subscription.created" as const;
  const about: [string, string] = ["subscriptionId", id];
  return audienceOfCreation(row).map((organizationId) => ({
    organizationId,
    customerId,
    type,
    about,
    at,
    table: TABLE,
  }));
}

function expectedActivity(row: Subscription) {
  const { id: resourceId, customerId, createdAt: at } = row;
  const resource = ActivityResource.SUBSCRIPTION;
  return audienceOfCreation(row).map((organizationId) => ({
    organizationId,
    customerId,
    resource,
    resourceId,
    at,
    table: TABLE,
  }));
}

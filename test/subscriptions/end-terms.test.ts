import type { Offer } from "../../entities/catalog/offer";
import { processDueRows } from "../../src/jobs/due-rows";
import {
  cancelSubscription,
  changeSubscription,
  reactivateSubscription,
  suspendSubscription,
} from "../../src/subscriptions";
import { endedTerms } from "../../src/subscriptions/end-terms.processor";
import { aCustomer, anOffer, aPartner, aRelationship, aSubscription } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
const TERM_OVER = "2026-04-01T00:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

interface Trouble {
  rowId: string;
  error: unknown;
}

/** One look at what is due, as each node takes it. */
async function sweep(): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  const onError = (error: unknown, rowId: string) => void troubles.push({ rowId, error });
  await processDueRows(testContext.system, endedTerms, { onError, batchSize: 3 });
  return troubles;
}

/** A partner, its customer and a subscription of five by the month, unless told otherwise. */
async function bought(offer: Partial<Offer> = {}) {
  const seller = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, seller.partner, customer);
  const { id: offerId } = await anOffer(testContext, { termDuration: "P1M", ...offer });
  const { id: subscriptionId } = await aSubscription(testContext, seller, customer, { offerId });
  const ctx = testContext.as(seller.actor);
  const eventsOf = async (organizationId = customer.id) =>
    (await testContext.eventsOf(organizationId))
      .filter(({ type }) => type.startsWith("subscription.") && type !== "subscription.created")
      .map((event) => event as typeof event & { termEndsAt: string; status: string });
  const row = async () => {
    const [found] = await testContext.database.read((reads) =>
      reads.rows<{ status: string; dueAt: string | null }>(
        "SELECT status, dueAt FROM subscription WHERE id = ?",
        [subscriptionId],
      ),
    );
    return found;
  };
  return { seller, customer, subscriptionId, ctx, eventsOf, row };
}

describe("when a term is over", () => {
  it("the next one begins, to customer and partner alike, by nobody's hand; not a moment before, and once", async () => {
    const { seller, customer, subscriptionId, eventsOf } = await bought();
    testContext.clock.now = "2026-03-31T23:59:59.999Z";
    await sweep();
    expect(await eventsOf()).toEqual([]);
    testContext.clock.now = TERM_OVER;
    for (let again = 0; again < 2; again++) await sweep();
    for (const organizationId of [seller.partner.id, customer.id]) {
      expect(await eventsOf(organizationId)).toMatchObject([
        {
          type: "subscription.renewed",
          subscriptionId,
          status: "ACTIVE",
          termEndsAt: "2026-04-30T23:59:59.999Z",
          actorId: "system",
        },
      ]);
      const activity = "operation = 'endSubscriptionTerms' AND actorId = 'system'";
      expect(
        await testContext.count("activity_record", `organizationId = '${organizationId}' AND ${activity}`),
      ).toBe(1);
    }
  });

  it("the week to cancel or take some away is open again", async () => {
    const { ctx, subscriptionId } = await bought();
    testContext.clock.now = TERM_OVER;
    await sweep();
    testContext.clock.now = "2026-04-08T00:00:00.000Z";
    const { subscription } = await changeSubscription(ctx, { subscriptionId, quantity: 2 });
    expect(subscription.quantity).toBe(2);
    expect((await cancelSubscription(ctx, { subscriptionId })).subscription.status).toBe("DELETED");
  });

  it("until it is settled nothing can be done with it: what follows is decided already", async () => {
    const { ctx, subscriptionId } = await bought();
    testContext.clock.now = TERM_OVER;
    for (const verb of [
      changeSubscription(ctx, { subscriptionId, autoRenewEnabled: false }),
      suspendSubscription(ctx, { subscriptionId }),
      cancelSubscription(ctx, { subscriptionId }),
    ])
      expect(await refusalOf(verb)).toBe("SUBSCRIPTION_TERM_ENDED");
    await sweep();
    expect((await suspendSubscription(ctx, { subscriptionId })).subscription.status).toBe("SUSPENDED");
  });

  it("one that was not to be renewed expires, is disabled after 30 days and deleted after 90 more", async () => {
    const { ctx, subscriptionId, eventsOf, row } = await bought({ isTrial: true });
    await changeSubscription(ctx, { subscriptionId, autoRenewEnabled: false });
    for (const [now, status] of [
      [TERM_OVER, "EXPIRED"],
      ["2026-04-30T23:59:59.999Z", "EXPIRED"],
      ["2026-05-01T00:00:00.000Z", "DISABLED"],
      ["2026-07-29T23:59:59.999Z", "DISABLED"],
      ["2026-07-30T00:00:00.000Z", "DELETED"],
    ] as const) {
      testContext.clock.now = now;
      await sweep();
      expect([now, (await row())?.status]).toEqual([now, status]);
    }
    expect((await row())?.dueAt).toBeNull();
    expect((await eventsOf()).map(({ type, status }) => `${type} ${status}`)).toEqual([
      "subscription.changed ACTIVE",
      "subscription.expired EXPIRED",
      "subscription.changed DISABLED",
      "subscription.changed DELETED",
    ]);
  });

  it("one that was suspended is disabled and does not come back", async () => {
    const { ctx, subscriptionId, row } = await bought();
    await suspendSubscription(ctx, { subscriptionId });
    testContext.clock.now = TERM_OVER;
    await sweep();
    expect(await row()).toEqual({ status: "DISABLED", dueAt: "2026-07-30T00:00:00.000Z" });
    expect(await refusalOf(reactivateSubscription(ctx, { subscriptionId }))).toBe(
      "SUBSCRIPTION_NOT_SUSPENDED",
    );
  });

  it("one that was reactivated in time expires, since its renewal stays off", async () => {
    const { ctx, subscriptionId, row } = await bought();
    await suspendSubscription(ctx, { subscriptionId });
    await reactivateSubscription(ctx, { subscriptionId });
    testContext.clock.now = TERM_OVER;
    await sweep();
    expect((await row())?.status).toBe("EXPIRED");
  });

  it("one that was cancelled is left in peace", async () => {
    const { ctx, subscriptionId, eventsOf } = await bought();
    await cancelSubscription(ctx, { subscriptionId });
    testContext.clock.now = "2027-04-01T00:00:00.000Z";
    await sweep();
    expect((await eventsOf()).map(({ type }) => type)).toEqual(["subscription.cancelled"]);
  });
});

describe("after an absence of half a year", () => {
  it("each month that was missed has its own renewal, in order, for each of more subscriptions than a batch holds", async () => {
    const many = [];
    for (let at = 0; at < 7; at++) many.push(await bought());
    testContext.clock.now = "2026-09-15T08:00:00.000Z";
    expect(await sweep()).toEqual([]);
    for (const { eventsOf, row } of many) {
      expect((await eventsOf()).map(({ type, termEndsAt }) => `${type} ${termEndsAt.slice(0, 10)}`)).toEqual(
        ["04-30", "05-31", "06-30", "07-31", "08-31", "09-30"].map(
          (day) => `subscription.renewed 2026-${day}`,
        ),
      );
      expect(await row()).toEqual({ status: "ACTIVE", dueAt: "2026-10-01T00:00:00.000Z" });
    }
  });
});

describe("several nodes", () => {
  it("that look at the same moment renew each subscription once, and leave none out", async () => {
    const many = [];
    for (let at = 0; at < 12; at++) many.push(await bought());
    testContext.clock.now = "2026-05-15T08:00:00.000Z";
    await Promise.all([1, 2, 3, 4].map(() => sweep()));
    // One that another node had locked is found at the next look.
    await sweep();
    for (const { eventsOf } of many) {
      expect((await eventsOf()).map(({ termEndsAt }) => termEndsAt.slice(0, 10))).toEqual([
        "2026-04-30",
        "2026-05-31",
      ]);
    }
  });

  it("do not undo what a partner does at the same moment: it is done before or after, never half", async () => {
    for (let round = 0; round < 5; round++) {
      testContext.clock.now = NOON;
      const { ctx, subscriptionId, eventsOf, row } = await bought();
      testContext.clock.now = TERM_OVER;
      const [suspended] = await Promise.allSettled([suspendSubscription(ctx, { subscriptionId }), sweep()]);
      await sweep();
      const isSuspended = suspended.status === "fulfilled";
      expect((await row())?.status).toBe(isSuspended ? "SUSPENDED" : "ACTIVE");
      expect((await eventsOf()).map(({ type }) => type)).toEqual(
        isSuspended ? ["subscription.renewed", "subscription.suspended"] : ["subscription.renewed"],
      );
    }
  });
});

describe("a row that cannot be settled", () => {
  it("keeps no other one waiting, is named, and is tried again when it is mended", async () => {
    const bad = await bought();
    const good = [await bought(), await bought(), await bought(), await bought()];
    const write = (text: string) =>
      testContext.system.transaction((tx) =>
        tx.execute("UPDATE subscription SET refundableBatches = ? WHERE id = ?", [text, bad.subscriptionId]),
      );
    await write("no JSON");
    testContext.clock.now = TERM_OVER;
    expect((await sweep()).map(({ rowId }) => rowId)).toEqual([bad.subscriptionId]);
    for (const { eventsOf } of good) expect(await eventsOf()).toHaveLength(1);
    expect(await bad.eventsOf()).toEqual([]);
    await write("[]");
    expect(await sweep()).toEqual([]);
    expect(await bad.eventsOf()).toHaveLength(1);
  });
});

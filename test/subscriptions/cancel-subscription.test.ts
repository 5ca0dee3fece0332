import { Subscription } from "../../entities/subscriptions/subscription";
import { newId } from "../../src/values/ids";
import { removeRelationship } from "../../src/relationships";
import { cancelSubscription, reactivateSubscription, suspendSubscription } from "../../src/subscriptions";
import { aCustomer, aPartner, aRelationship, aSubscription } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
const LAST_MOMENT = "2026-03-08T12:00:00.000Z";
const TOO_LATE = "2026-03-08T12:00:00.001Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

/** A partner, its customer with a subscription, and the verb. */
async function bought() {
  const seller = await aPartner(testContext);
  const { customer, actor: customerAdmin } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  const { id: subscriptionId } = await aSubscription(testContext, seller, customer);
  const ctx = testContext.as(seller.actor);
  const cancel = (rest: { expectedVersion?: number; idempotencyKey?: string } = {}) =>
    cancelSubscription(ctx, { subscriptionId, ...rest });
  const suspend = () => suspendSubscription(ctx, { subscriptionId });
  return { seller, ctx, customer, customerAdmin, relationship, subscriptionId, cancel, suspend };
}

describe("cancelling a subscription", () => {
  it("ends it for good, up to the last moment of 7 days, and tells customer and partner", async () => {
    const { seller, ctx, customer, relationship, subscriptionId, cancel } = await bought();
    testContext.clock.now = LAST_MOMENT;

    const { subscription } = await cancel({ expectedVersion: 1 });

    expect(subscription).toMatchObject({
      status: "DELETED",
      autoRenewEnabled: false,
      suspensionReasons: [],
      refundableBatches: [],
      dueAt: null,
      version: 2,
    });
    for (const organizationId of [seller.partner.id, customer.id]) {
      expect((await testContext.eventsOf(organizationId)).at(-1)).toMatchObject({
        type: "subscription.cancelled",
        subscriptionId,
        status: "DELETED",
        autoRenewEnabled: false,
      });
    }
    expect(await refusalOf(reactivateSubscription(ctx, { subscriptionId }))).toBe(
      "SUBSCRIPTION_NOT_SUSPENDED",
    );
    const { relationship: removed } = await removeRelationship(ctx, { relationshipId: relationship.id });
    expect(removed.status).toBe("REMOVED");
  });

  it("is done from suspended too", async () => {
    const { cancel, suspend } = await bought();
    await suspend();
    expect((await cancel()).subscription).toMatchObject({ status: "DELETED", suspensionReasons: [] });
  });

  it("a moment after the 7 days is refused with their end, and leaves it as it is", async () => {
    const { cancel, subscriptionId, customer } = await bought();
    testContext.clock.now = TOO_LATE;
    expect(await refusalsOf(cancel())).toMatchObject([
      { code: "CANCELLATION_PERIOD_OVER", field: "subscriptionId", details: { allowedUntil: LAST_MOMENT } },
    ]);
    expect(await testContext.count("subscription", `id = '${subscriptionId}' AND status = 'ACTIVE'`)).toBe(1);
    expect((await testContext.eventsOf(customer.id)).at(-1)?.type).toBe("subscription.created");
  });

  it("a second time is refused, and five times at once happens once", async () => {
    const { cancel, customer } = await bought();
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => cancel()));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(cancel())).toBe("SUBSCRIPTION_NOT_ACTIVE");
    const types = (await testContext.eventsOf(customer.id)).map(({ type }) => type);
    expect(types.filter((type) => type === "subscription.cancelled")).toHaveLength(1);
  });

  it("with an idempotency key may be repeated, and happens once", async () => {
    const { cancel, customer } = await bought();
    const answers = await Promise.all([1, 2, 3].map(() => cancel({ idempotencyKey: "k" })));
    expect(answers.map(({ subscription }) => subscription.status)).toEqual(Array(3).fill("DELETED"));
    expect(
      await testContext.count(
        "event",
        `organizationId = '${customer.id}' AND type = 'subscription.cancelled'`,
      ),
    ).toBe(1);
  });

  it("against suspending it leaves it deleted, whichever comes first", async () => {
    for (let round = 0; round < 5; round++) {
      const { cancel, suspend, subscriptionId } = await bought();
      const [cancelled] = await Promise.allSettled(
        round % 2 ? [cancel(), suspend()] : [suspend(), cancel()].reverse(),
      );
      expect(cancelled?.status).toBe("fulfilled");
      expect(await testContext.count("subscription", `id = '${subscriptionId}' AND status = 'DELETED'`)).toBe(
        1,
      );
    }
  });

  it("from an older version, or of somebody else's, is refused", async () => {
    const { cancel, customerAdmin, subscriptionId } = await bought();
    expect(await refusalsOf(cancel({ expectedVersion: 9 }))).toMatchObject([
      { code: "STALE_VERSION", details: { currentVersion: 1 } },
    ]);
    const outsider = testContext.as((await aPartner(testContext)).actor);
    const unknown = await refusalsOf(cancelSubscription(outsider, { subscriptionId: newId(Subscription) }));
    expect(unknown).toMatchObject([{ code: "SUBSCRIPTION_NOT_FOUND", field: "subscriptionId" }]);
    expect(await refusalsOf(cancelSubscription(outsider, { subscriptionId, expectedVersion: 9 }))).toEqual(
      unknown,
    );
    expect(await refusalOf(cancelSubscription(testContext.as(customerAdmin), { subscriptionId }))).toBe(
      "FORBIDDEN",
    );
    expect(await refusalOf(cancelSubscription(outsider, { subscriptionId: "x" }))).toBe("ID_MALFORMED");
  });
});

import { Subscription } from "../../entities/subscriptions/subscription";
import { newId } from "../../src/values/ids";
import { removeRelationship } from "../../src/relationships";
import { reactivateSubscription, suspendSubscription } from "../../src/subscriptions";
import {
  aCustomer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

/** A partner, its customer with a subscription, and the two verbs. */
async function bought() {
  const seller = await aPartner(testContext);
  const { customer, actor: customerAdmin } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  const { id } = await aSubscription(testContext, seller, customer);
  const suspend = (expectedVersion?: number, by: PartnerWithUser = seller) =>
    suspendSubscription(testContext.as(by.actor), { subscriptionId: id, expectedVersion });
  const reactivate = (expectedVersion?: number, by: PartnerWithUser = seller) =>
    reactivateSubscription(testContext.as(by.actor), { subscriptionId: id, expectedVersion });
  return { seller, customer, customerAdmin, relationship, id, suspend, reactivate };
}

describe("suspending a subscription", () => {
  it("turns its renewal off, says why it is suspended, and tells customer and partner", async () => {
    const { seller, customer, id, suspend } = await bought();
    const { subscription } = await suspend(1);
    expect(subscription).toMatchObject({
      id,
      status: "SUSPENDED",
      suspensionReasons: ["PARTNER"],
      autoRenewEnabled: false,
      version: 2,
    });
    for (const organizationId of [seller.partner.id, customer.id]) {
      expect((await testContext.eventsOf(organizationId)).at(-1)).toMatchObject({
        type: "subscription.suspended",
        subscriptionId: id,
        status: "SUSPENDED",
      });
    }
  });

  it("a second time is refused, and five times at once happens once", async () => {
    const { customer, suspend } = await bought();
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => suspend()));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(suspend())).toBe("SUBSCRIPTION_NOT_ACTIVE");
    const types = (await testContext.eventsOf(customer.id)).map(({ type }) => type);
    expect(types.filter((type) => type === "subscription.suspended")).toHaveLength(1);
  });
});

describe("reactivating a subscription", () => {
  it("gives the access back, leaves renewal off, and tells customer and partner", async () => {
    const { seller, customer, id, suspend, reactivate } = await bought();
    await suspend();
    const { subscription } = await reactivate(2);
    expect(subscription).toMatchObject({
      status: "ACTIVE",
      suspensionReasons: [],
      autoRenewEnabled: false,
      version: 3,
    });
    for (const organizationId of [seller.partner.id, customer.id]) {
      expect((await testContext.eventsOf(organizationId)).at(-1)).toMatchObject({
        type: "subscription.reactivated",
        subscriptionId: id,
      });
    }
  });

  it("is possible up to the last millisecond of the term, and not after it", async () => {
    const { suspend, reactivate } = await bought();
    await suspend();
    testContext.clock.now = "2027-03-01T00:00:00.000Z";
    expect(await refusalsOf(reactivate())).toMatchObject([
      { code: "SUBSCRIPTION_TERM_ENDED", field: "subscriptionId" },
    ]);
    testContext.clock.now = "2027-02-28T23:59:59.999Z";
    expect((await reactivate()).subscription.status).toBe("ACTIVE");
  });

  it("of one that is active is refused", async () => {
    const { reactivate } = await bought();
    expect(await refusalOf(reactivate())).toBe("SUBSCRIPTION_NOT_SUSPENDED");
  });

  it("is refused when the relationship it was sold through has ended", async () => {
    const { seller, relationship, suspend, reactivate } = await bought();
    await suspend();
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationship.id });
    expect(await refusalsOf(reactivate())).toMatchObject([
      { code: "SUBSCRIPTION_CUSTOMER_NOT_FOUND", field: "subscriptionId" },
    ]);
  });

  it("takes the reseller of record's relationship too", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext);
    const { id: relationshipId } = await aRelationship(testContext, reseller.partner, customer);
    await aRelationship(testContext, provider.partner, customer);
    const sold = { resellerId: reseller.partner.id };
    const { id: subscriptionId } = await aSubscription(testContext, provider, customer, sold);
    await suspendSubscription(testContext.as(provider.actor), { subscriptionId });
    await removeRelationship(testContext.as(reseller.actor), { relationshipId });
    const attempt = reactivateSubscription(testContext.as(provider.actor), { subscriptionId });
    expect(await refusalOf(attempt)).toBe("SUBSCRIPTION_CUSTOMER_NOT_FOUND");
  });
});

describe("neither", () => {
  it("is done from an older version", async () => {
    const { suspend, reactivate } = await bought();
    const stale = [{ code: "STALE_VERSION", field: "expectedVersion", details: { currentVersion: 1 } }];
    expect(await refusalsOf(suspend(9))).toMatchObject(stale);
    await suspend(1);
    expect(await refusalsOf(reactivate(1))).toMatchObject([{ code: "STALE_VERSION" }]);
  });

  it("is done to another partner's or an unknown subscription: both are not there", async () => {
    const { suspend, reactivate } = await bought();
    const outsider = await aPartner(testContext);
    const subscriptionId = newId(Subscription);
    const unknown = await refusalsOf(suspendSubscription(testContext.as(outsider.actor), { subscriptionId }));
    expect(unknown).toMatchObject([{ code: "SUBSCRIPTION_NOT_FOUND", field: "subscriptionId" }]);
    expect(await refusalsOf(suspend(undefined, outsider))).toEqual(unknown);
    expect(await refusalsOf(reactivate(undefined, outsider))).toEqual(unknown);
    const malformed = suspendSubscription(testContext.as(outsider.actor), { subscriptionId: "sub_1" });
    expect(await refusalOf(malformed)).toBe("ID_MALFORMED");
  });

  it("is done by the customer's own user, who pays the partner", async () => {
    const { customerAdmin, id, suspend } = await bought();
    const input = { subscriptionId: id };
    expect(await refusalOf(suspendSubscription(testContext.as(customerAdmin), input))).toBe("FORBIDDEN");
    await suspend();
    expect(await refusalOf(reactivateSubscription(testContext.as(customerAdmin), input))).toBe("FORBIDDEN");
  });
});

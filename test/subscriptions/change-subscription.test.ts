import { Subscription } from "../../entities/subscriptions/subscription";
import type { Offer } from "../../entities/catalog/offer";
import { newId } from "../../src/values/ids";
import { removeRelationship } from "../../src/relationships";
import {
  changeSubscription,
  type ChangeSubscription,
  refundableQuantity,
  suspendSubscription,
} from "../../src/subscriptions";
import { aCustomer, anOffer, aPartner, aRelationship, aSubscription } from "../support/builders";
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

/** A partner, its customer with a subscription of five, and the verb. */
async function bought(offer: Partial<Offer> = {}, quantity = 5) {
  const seller = await aPartner(testContext);
  const { customer, actor: customerAdmin } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  const { id: offerId } = await anOffer(testContext, offer);
  const { id } = await aSubscription(testContext, seller, customer, { offerId, quantity });
  const change = (input: Partial<ChangeSubscription>, by = seller) =>
    changeSubscription(testContext.as(by.actor), { subscriptionId: id, ...input });
  const lastEvents = async () =>
    Promise.all(
      [seller.partner.id, customer.id].map(async (organization) =>
        (await testContext.eventsOf(organization)).filter(({ type }) => type === "subscription.changed"),
      ),
    );
  return { seller, customer, customerAdmin, relationship, id, change, lastEvents };
}

describe("changing a subscription", () => {
  it("to more is done at any time, tells how many there were, and opens a week to give the new ones back", async () => {
    const { id, change, lastEvents } = await bought();
    testContext.clock.now = "2026-09-01T12:00:00.000Z";
    const { subscription } = await change({ quantity: 12, expectedVersion: 1 });
    expect(subscription).toMatchObject({ id, quantity: 12, autoRenewEnabled: true, version: 2 });
    expect(refundableQuantity(subscription, testContext.clock.now)).toEqual({
      totalQuantity: 7,
      details: [{ quantity: 7, allowedUntil: "2026-09-08T12:00:00.000Z" }],
    });
    for (const events of await lastEvents()) {
      expect(events).toMatchObject([
        { subscriptionId: id, quantity: 12, previousQuantity: 5, status: "ACTIVE", autoRenewEnabled: true },
      ]);
    }
  });

  it("to less is done as far as the batches of the last 7 days go, each for its own week", async () => {
    const { change } = await bought();
    testContext.clock.now = "2026-03-05T12:00:00.000Z";
    await change({ quantity: 9 });
    testContext.clock.now = "2026-03-08T12:00:00.000Z";
    expect((await change({ quantity: 8 })).subscription.refundableBatches).toEqual([
      { quantity: 4, until: "2026-03-08T12:00:00.000Z" },
      { quantity: 4, until: "2026-03-12T12:00:00.000Z" },
    ]);
    testContext.clock.now = "2026-03-08T12:00:00.001Z";
    expect(await refusalsOf(change({ quantity: 3 }))).toMatchObject([
      { code: "QUANTITY_NOT_REDUCIBLE", field: "quantity", details: { minimum: 4, maximum: 300 } },
    ]);
    expect((await change({ quantity: 4 })).subscription).toMatchObject({
      quantity: 4,
      refundableBatches: [],
    });
    testContext.clock.now = "2026-03-12T12:00:00.001Z";
    expect(await refusalOf(change({ quantity: 3 }))).toBe("QUANTITY_NOT_REDUCIBLE");
  });

  it("leaves what is not named alone, and a new name alone is no event", async () => {
    const { change, lastEvents } = await bought();
    const named = await change({ friendlyName: "  Büro " });
    expect(named.subscription).toMatchObject({ friendlyName: "Büro", quantity: 5, autoRenewEnabled: true });
    expect(await lastEvents()).toEqual([[], []]);
    const ending = await change({ autoRenewEnabled: false });
    expect(ending.subscription).toMatchObject({ friendlyName: "Büro", quantity: 5, autoRenewEnabled: false });
    for (const events of await lastEvents())
      expect(events).toMatchObject([{ quantity: 5, previousQuantity: null, autoRenewEnabled: false }]);
  });

  it("to what it is already changes nothing and tells nobody", async () => {
    const { change, lastEvents } = await bought();
    const { friendlyName } = (await change({ quantity: 5, autoRenewEnabled: true })).subscription;
    const { subscription } = await change({ friendlyName });
    expect(subscription).toMatchObject({ version: 1, updatedAt: NOON });
    expect(await lastEvents()).toEqual([[], []]);
  });

  it("with an idempotency key, five times at once, happens once", async () => {
    const { change, lastEvents } = await bought();
    const tries = Array.from({ length: 5 }, () => change({ quantity: 6, idempotencyKey: "k" }));
    const answers = await Promise.all(tries);
    expect(new Set(answers.map(({ subscription }) => subscription.version))).toEqual(new Set([2]));
    expect((await lastEvents()).map((events) => events.length)).toEqual([1, 1]);
  });

  it("from one version by ten at once is done by one; the others are told that it changed", async () => {
    const { change, lastEvents } = await bought();
    const tries = Array.from({ length: 10 }, (_, at) => change({ quantity: 6 + at, expectedVersion: 1 }));
    const refused = (await Promise.allSettled(tries)).filter((answer) => answer.status === "rejected");
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
      Array(9).fill("STALE_VERSION"),
    );
    expect((await lastEvents()).map((events) => events.length)).toEqual([1, 1]);
  });

  it("against its suspension and the removal behind that leaves nothing that was sold through no relationship", async () => {
    const { seller, relationship, id, change } = await bought();
    await suspendSubscription(testContext.as(seller.actor), { subscriptionId: id });
    await removeRelationship(testContext.as(seller.actor), { relationshipId: relationship.id });
    expect(await refusalOf(change({ quantity: 6 }))).toBe("SUBSCRIPTION_NOT_ACTIVE");
  });
});

describe("a bad change", () => {
  it.each([
    ["nothing at all", {}, ["FIELD_INVALID quantity"]],
    [
      "null, which would empty what cannot be empty",
      { quantity: null, autoRenewEnabled: null, friendlyName: null },
      ["FIELD_INVALID quantity", "FIELD_INVALID autoRenewEnabled", "FIELD_INVALID friendlyName"],
    ],
    ["an empty name", { friendlyName: "  " }, ["FIELD_INVALID friendlyName"]],
    ["a name on two lines", { friendlyName: "a\nb" }, ["FIELD_INVALID friendlyName"]],
    ["a name that is too long", { friendlyName: "n".repeat(301) }, ["FIELD_INVALID friendlyName"]],
    ["more than the offer allows", { quantity: 301 }, ["QUANTITY_OUT_OF_RANGE quantity"]],
    ["none, which would be cancelling", { quantity: 0 }, ["QUANTITY_OUT_OF_RANGE quantity"]],
  ])("to %s is refused and changes nothing", async (_what, input, refused) => {
    const { change, id, lastEvents } = await bought();
    expect((await refusalsOf(change(input))).map(({ code, field }) => `${code} ${field}`)).toEqual(refused);
    expect(await testContext.count("subscription", `id = '${id}' AND version = 1 AND quantity = 5`)).toBe(1);
    expect(await lastEvents()).toEqual([[], []]);
  });

  it("names every rule that it breaks at once", async () => {
    const { change } = await bought({ isAutoRenewable: false });
    expect(await refusalsOf(change({ quantity: 999, autoRenewEnabled: true }))).toMatchObject([
      { code: "QUANTITY_OUT_OF_RANGE", field: "quantity", details: { minimum: 1, maximum: 300 } },
      { code: "AUTO_RENEWAL_NOT_SUPPORTED", field: "autoRenewEnabled" },
    ]);
  });

  it("below the offer's least is refused as that, however new the batch", async () => {
    const { change } = await bought({ minimumQuantity: 5 });
    expect(await refusalOf(change({ quantity: 4 }))).toBe("QUANTITY_OUT_OF_RANGE");
  });

  it("of what is suspended, or whose term is over, is refused", async () => {
    const { seller, id, change } = await bought();
    testContext.clock.now = "2027-03-01T00:00:00.000Z";
    expect(await refusalOf(change({ friendlyName: "Late" }))).toBe("SUBSCRIPTION_TERM_ENDED");
    testContext.clock.now = NOON;
    await suspendSubscription(testContext.as(seller.actor), { subscriptionId: id });
    expect(await refusalOf(change({ autoRenewEnabled: true }))).toBe("SUBSCRIPTION_NOT_ACTIVE");
  });

  it("of another partner's or an unknown subscription finds nothing; the customer's own user may not", async () => {
    const { id, customerAdmin, change } = await bought();
    const outsider = await aPartner(testContext);
    const unknown = { subscriptionId: newId(Subscription), quantity: 6 };
    const notFound = await refusalsOf(changeSubscription(testContext.as(outsider.actor), unknown));
    expect(notFound).toMatchObject([{ code: "SUBSCRIPTION_NOT_FOUND", field: "subscriptionId" }]);
    expect(await refusalsOf(change({ quantity: 6, expectedVersion: 99 }, outsider))).toEqual(notFound);
    const byCustomer = changeSubscription(testContext.as(customerAdmin), { subscriptionId: id, quantity: 6 });
    expect(await refusalOf(byCustomer)).toBe("FORBIDDEN");
    expect(await refusalOf(change({ subscriptionId: "sub_1", quantity: 6 }))).toBe("ID_MALFORMED");
  });
});

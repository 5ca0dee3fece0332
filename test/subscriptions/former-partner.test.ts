import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { updateCustomer } from "../../src/customers";
import { sql } from "../../src/database/sql";
import { removeRelationship } from "../../src/relationships";
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  listSubscriptions,
  reactivateSubscription,
  suspendSubscription,
} from "../../src/subscriptions";
import {
  aCustomer,
  anOffer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";

/* A partner whose relationship was removed keeps reading what it sold, and nothing else (docs/adr/0006). */

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const { SUSPENDED, EXPIRED, DISABLED, DELETED } = SubscriptionStatus;
const MUTATIONS = { changeSubscription, suspendSubscription, reactivateSubscription, cancelSubscription };
const stored = (id: string) =>
  testContext.database.read((reads) => reads.get(Subscription, sql`FROM subscription WHERE id = ${id}`));

/** A customer with a subscription in a state, whose relationship with the seller is over. */
async function formerly(status: SubscriptionStatus) {
  const seller = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  const { id } = await aSubscription(testContext, seller, customer);
  await testContext.system.transaction(async (tx) =>
    tx.update(Subscription, await tx.get(Subscription, sql`FROM subscription WHERE id = ${id}`), { status }),
  );
  await removeRelationship(testContext.as(seller.actor), { relationshipId: relationship.id });
  return { seller, customer, relationship, id, ctx: testContext.as(seller.actor) };
}

it.each([SUSPENDED, EXPIRED, DISABLED, DELETED])(
  "changes nothing of a subscription that is %s, by any mutation, and still reads it",
  async (status) => {
    const { ctx, id } = await formerly(status);
    const before = await stored(id);
    for (const [name, mutate] of Object.entries(MUTATIONS)) {
      const [refusal] = await refusalsOf(mutate(ctx, { subscriptionId: id, quantity: 1, friendlyName: "X" }));
      expect([name, refusal?.code]).toEqual([name, expect.stringMatching(/^SUBSCRIPTION_/)]);
    }
    expect(await stored(id)).toEqual(before);
    expect((await listSubscriptions(ctx, {})).nodes).toMatchObject([{ id, status }]);
  },
);

it("buys nothing, and changes nothing that it kept about the customer", async () => {
  const { ctx, customer, relationship } = await formerly(SUSPENDED);
  const { id: customerId } = customer;
  const { id: offerId } = await anOffer(testContext);
  expect(await refusalOf(createSubscription(ctx, { customerId, offerId, quantity: 1 }))).toBe(
    "SUBSCRIPTION_CUSTOMER_NOT_FOUND",
  );
  expect(await refusalOf(updateCustomer(ctx, { customerId, companyName: "New" }))).toBe("CUSTOMER_NOT_FOUND");
  expect(await refusalOf(removeRelationship(ctx, { relationshipId: relationship.id }))).toBe(
    "RELATIONSHIP_ALREADY_REMOVED",
  );
});

it("cancels again once the customer has come back", async () => {
  const { ctx, seller, customer, id } = await formerly(SUSPENDED);
  await aRelationship(testContext, seller.partner, customer);
  expect((await cancelSubscription(ctx, { subscriptionId: id })).subscription.status).toBe(DELETED);
});

it("is judged by its own relationship: a provider cancels what its former reseller of record sold", async () => {
  const { reseller, provider } = await aResellerWithProvider(testContext);
  const { customer } = await aCustomer(testContext);
  const mine = await aRelationship(testContext, provider.partner, customer);
  const theirs = await aRelationship(testContext, reseller.partner, customer);
  const sold = () => aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
  const [one, two] = [await sold(), await sold()];
  const ctx = testContext.as(provider.actor);
  for (const { id } of [one, two]) await suspendSubscription(ctx, { subscriptionId: id });
  await removeRelationship(testContext.as(reseller.actor), { relationshipId: theirs.id });
  expect((await cancelSubscription(ctx, { subscriptionId: one.id })).subscription.status).toBe(DELETED);
  expect(await refusalOf(reactivateSubscription(ctx, { subscriptionId: two.id }))).toBe(
    "SUBSCRIPTION_CUSTOMER_NOT_FOUND",
  );
  await removeRelationship(ctx, { relationshipId: mine.id });
  expect(await refusalOf(cancelSubscription(ctx, { subscriptionId: two.id }))).toBe(
    "SUBSCRIPTION_CUSTOMER_NOT_FOUND",
  );
});

it("does not slip through while the relationship is being removed", async () => {
  for (let round = 0; round < 15; round++) {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const relationship = await aRelationship(testContext, seller.partner, customer);
    const { id } = await aSubscription(testContext, seller, customer);
    const ctx = testContext.as(seller.actor);
    await suspendSubscription(ctx, { subscriptionId: id });
    const [removed, cancelled] = await Promise.allSettled([
      removeRelationship(ctx, { relationshipId: relationship.id }),
      cancelSubscription(ctx, { subscriptionId: id }),
    ]);
    expect(removed.status).toBe("fulfilled");
    if (cancelled.status === "rejected")
      expect(cancelled.reason).toMatchObject({ code: "SUBSCRIPTION_CUSTOMER_NOT_FOUND" });
    const types = (await testContext.eventsOf(customer.id)).map(({ type }) => type);
    const [last] = types.slice(-1);
    expect(last).toBe("relationship.removed");
  }
});

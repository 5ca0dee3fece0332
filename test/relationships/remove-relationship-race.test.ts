import { removeRelationship } from "../../src/relationships";
import { createSubscription, reactivateSubscription, suspendSubscription } from "../../src/subscriptions";
import {
  aCustomer,
  anOffer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const ROUNDS = 20;

/** Relationships that are removed although a subscription through them is active. There may never be one. */
const contradictions = () =>
  testContext.count(
    "reseller_relationship relationship",
    `relationship.status = 'REMOVED' AND EXISTS (SELECT 1 FROM subscription
      WHERE subscription.customerId = relationship.customerId AND subscription.status = 'ACTIVE'
      AND (subscription.partnerId = relationship.partnerId OR subscription.resellerId = relationship.partnerId))`,
  );

/** That one of two happened and the other was refused with one of these codes. */
function expectOneWinner(answers: PromiseSettledResult<unknown>[], codes: string[]) {
  const refused = answers.filter((answer) => answer.status === "rejected");
  expect(refused).toHaveLength(1);
  expect(codes).toContain((refused[0].reason as { code?: string }).code);
}

describe("removing a relationship", () => {
  it("against buying through it leaves one of the two, never both", async () => {
    const { id: offerId } = await anOffer(testContext);
    const seller = await aPartner(testContext);
    const ctx = testContext.as(seller.actor);
    for (let round = 0; round < ROUNDS; round++) {
      const { customer } = await aCustomer(testContext);
      const { id } = await aRelationship(testContext, seller.partner, customer);
      const buy = () => createSubscription(ctx, { customerId: customer.id, offerId, quantity: 1 });
      const remove = () => removeRelationship(ctx, { relationshipId: id });
      const verbs = round % 2 ? [buy, remove] : [remove, buy];
      const answers = await Promise.allSettled(verbs.map((verb) => verb()));
      expectOneWinner(answers, ["RELATIONSHIP_HAS_BLOCKERS", "SUBSCRIPTION_CUSTOMER_NOT_FOUND"]);
    }
    expect(await contradictions()).toBe(0);
  });

  it("against reactivating a subscription through it leaves one of the two, never both", async () => {
    const { id: offerId } = await anOffer(testContext);
    const seller = await aPartner(testContext);
    const ctx = testContext.as(seller.actor);
    for (let round = 0; round < ROUNDS; round++) {
      const { customer } = await aCustomer(testContext);
      const { id } = await aRelationship(testContext, seller.partner, customer);
      const { id: subscriptionId } = await aSubscription(testContext, seller, customer, { offerId });
      await suspendSubscription(ctx, { subscriptionId });
      const reactivate = () => reactivateSubscription(ctx, { subscriptionId });
      const remove = () => removeRelationship(ctx, { relationshipId: id });
      const verbs = round % 2 ? [reactivate, remove] : [remove, reactivate];
      const answers = await Promise.allSettled(verbs.map((verb) => verb()));
      expectOneWinner(answers, ["RELATIONSHIP_HAS_BLOCKERS", "SUBSCRIPTION_CUSTOMER_NOT_FOUND"]);
    }
    expect(await contradictions()).toBe(0);
  });

  it("of a reseller of record against its provider's buying and reactivating leaves no contradiction", async () => {
    const { id: offerId } = await anOffer(testContext);
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const resellerId = reseller.partner.id;
    const ctx = testContext.as(provider.actor);
    for (let round = 0; round < ROUNDS / 2; round++) {
      const { customer } = await aCustomer(testContext);
      await aRelationship(testContext, provider.partner, customer);
      const { id } = await aRelationship(testContext, reseller.partner, customer);
      const { id: subscriptionId } = await aSubscription(testContext, provider, customer, {
        offerId,
        resellerId,
      });
      await suspendSubscription(ctx, { subscriptionId });
      await Promise.allSettled([
        createSubscription(ctx, { customerId: customer.id, offerId, quantity: 1, resellerId }),
        removeRelationship(testContext.as(reseller.actor), { relationshipId: id }),
        reactivateSubscription(ctx, { subscriptionId }),
      ]);
    }
    expect(await contradictions()).toBe(0);
  });

  it("ten times at once removes it once and tells it once", async () => {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const { id } = await aRelationship(testContext, seller.partner, customer);
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        removeRelationship(testContext.as(seller.actor), { relationshipId: id }),
      ),
    );
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === "rejected") {
        expect(answer.reason).toMatchObject({ code: "RELATIONSHIP_ALREADY_REMOVED" });
      }
    }
    const types = (await testContext.eventsOf(customer.id)).map(({ type }) => type);
    expect(types).toEqual(["relationship.established", "relationship.removed"]);
  });
});

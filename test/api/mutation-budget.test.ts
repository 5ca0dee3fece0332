import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aRelationship,
  aSubscription,
} from "../support/builders";
import type { TestContext } from "../support/test-context";
import { type Answer, startTestServer, type TestServer } from "../support/test-server";
import { callerFor, testContextOf, statementsOf } from "./at-the-endpoint";

/*
 * What each mutation costs, in statements with BEGIN and COMMIT and the sign-in. The numbers are no target: they are
 * written down so that growth is noticed and meant.
 */

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

async function costOf(name: string, work: () => Promise<Answer>): Promise<number> {
  const { answer, statements } = await statementsOf(server, work);
  expect(answer.errors).toBeUndefined();
  expect(answer.data[name].userErrors).toEqual([]);
  return statements.length;
}

describe("the statements of a mutation, sign-in, BEGIN and COMMIT included", () => {
  it("inviteCustomer", async () => {
    const inviter = await aPartner(testContext);
    const caller = await callerFor(server, inviter.actor);
    const cost = await costOf("inviteCustomer", () =>
      caller.ask(
        `mutation { inviteCustomer(input: { recipientEmail: "a@b.example" }) { link userErrors { code } } }`,
      ),
    );
    expect(cost).toBe(10);
  });

  it("acceptInvitation", async () => {
    const inviter = await aPartner(testContext);
    const { actor } = await aCustomer(testContext);
    const { token } = await anInvitation(testContext, inviter);
    const caller = await callerFor(server, actor);
    const cost = await costOf("acceptInvitation", () =>
      caller.ask(
        `mutation ($token: String!) { acceptInvitation(input: { token: $token }) { userErrors { code } } }`,
        { token },
      ),
    );
    expect(cost).toBe(11);
  });

  it("createSubscription", async () => {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, seller.partner, customer);
    const offer = await anOffer(testContext);
    const caller = await callerFor(server, seller.actor);
    const cost = await costOf("createSubscription", () =>
      caller.ask(
        `mutation ($input: CreateSubscriptionInput!) { createSubscription(input: $input) { userErrors { code } } }`,
        { input: { customerId: customer.id, offerId: offer.id, quantity: 3 } },
      ),
    );
    expect(cost).toBe(11);
  });

  it("suspendSubscription", async () => {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, seller.partner, customer);
    const { id } = await aSubscription(testContext, seller, customer);
    const caller = await callerFor(server, seller.actor);
    const cost = await costOf("suspendSubscription", () =>
      caller.ask(
        `mutation ($id: ID!) { suspendSubscription(input: { subscriptionId: $id }) { userErrors { code } } }`,
        { id },
      ),
    );
    expect(cost).toBe(9);
  });

  it.each([
    ["changeSubscription", 'quantity: 9, autoRenewEnabled: false, friendlyName: "Nine"', 10],
    ["changeSubscription", 'friendlyName: "Five"', 8],
    ["cancelSubscription", "expectedVersion: 1", 10],
  ])("%s with %s", async (name, input, statements) => {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, seller.partner, customer);
    const { id } = await aSubscription(testContext, seller, customer);
    const caller = await callerFor(server, seller.actor);
    const cost = await costOf(name, () =>
      caller.ask(
        `mutation ($id: ID!) { ${name}(input: { subscriptionId: $id, ${input} }) { userErrors { code } } }`,
        { id },
      ),
    );
    expect(cost).toBe(statements);
  });

  it("removeRelationship", async () => {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const { id } = await aRelationship(testContext, seller.partner, customer);
    const caller = await callerFor(server, seller.actor);
    const cost = await costOf("removeRelationship", () =>
      caller.ask(
        `mutation ($id: ID!) { removeRelationship(input: { relationshipId: $id }) { userErrors { code } } }`,
        { id },
      ),
    );
    expect(cost).toBe(11);
  });

  it("a refused one is written into the activity log, and leaves nothing else to commit", async () => {
    const caller = await callerFor(server, (await aPartner(testContext)).actor);
    const { answer, statements } = await statementsOf(server, () =>
      caller.ask(
        `mutation { inviteCustomer(input: { recipientEmail: "nobody", expiresInDays: 0 }) { userErrors { code } } }`,
      ),
    );
    expect(answer.data.inviteCustomer.userErrors).toHaveLength(2);
    expect(statements).toHaveLength(6);
  });
});

import { Customer } from "../../entities/customers/customer";
import { Subscription } from "../../entities/subscriptions/subscription";
import { ActivityOutcome } from "../../entities/activity/activity-record";
import { newId } from "../../src/values/ids";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aPartnerUser,
  aProspect,
  aRelationship,
} from "../support/builders";
import type { TestContext } from "../support/test-context";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { startLoggedServer } from "../api/logged-server";
import { startTestServer, type TestServer } from "../support/test-server";
import { logOf } from "./activity";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

const UPDATE = `mutation ($input: UpdateCustomerInput!) {
  updateCustomer(input: $input) { customer { id } userErrors { code } }
}`;

/** How many records there are in all logs. */
async function records(): Promise<number> {
  const [row] = await testContext.database.read((reads) =>
    reads.rows<{ n: number | string }>("SELECT COUNT(*) AS n FROM activity_record"),
  );
  return Number(row?.n);
}

/** The refused attempts in an organization's log. */
async function refusedIn(organizationId: string) {
  return (await logOf(testContext, organizationId)).filter(
    ({ outcome }) => outcome === ActivityOutcome.REFUSED,
  );
}

describe("a refused mutation", () => {
  it("is written down with its code, whom it was about, and no values, before the answer", async () => {
    const { partner, actor } = await aPartner(testContext);
    const caller = await callerFor(server, actor);
    const customerId = newId(Customer);
    const input = { customerId, companyName: "Not Mine", contactEmail: "secret@canary.example" };
    const { data } = await caller.ask(UPDATE, { input });
    expect(data.updateCustomer.userErrors).toEqual([{ code: "CUSTOMER_NOT_FOUND" }]);

    expect(await refusedIn(partner.id)).toMatchObject([
      {
        actorId: actor.userId,
        actorName: actor.email,
        operation: "updateCustomer",
        errorCode: "CUSTOMER_NOT_FOUND",
        resourceType: "CUSTOMER",
        resourceId: customerId,
        customerId,
        customerName: null,
        oldValues: null,
        newValues: null,
      },
    ]);
    expect(JSON.stringify(await logOf(testContext, partner.id))).not.toMatch(/Not Mine|canary/);
  });

  it("that is invalid or in conflict is written down once, with its first code", async () => {
    const { partner, actor } = await aPartner(testContext);
    const caller = await callerFor(server, actor);
    const invite = `mutation ($email: String!) {
      inviteCustomer(input: { recipientEmail: $email, expiresInDays: 0 }) { userErrors { code } }
    }`;
    const { data } = await caller.ask(invite, { email: "nobody" });
    expect(data.inviteCustomer.userErrors).toHaveLength(2);
    await anInvitation(testContext, { partner, actor }, { recipientEmail: "a@conflict.example" });
    await caller.ask(invite.replace(", expiresInDays: 0", ""), { email: "a@conflict.example" });
    expect((await refusedIn(partner.id)).map(({ operation, errorCode }) => [operation, errorCode])).toEqual([
      ["inviteCustomer", "FIELD_INVALID"],
      ["inviteCustomer", "INVITATION_ALREADY_PENDING"],
    ]);
  });

  it("names what was acted on and the customer apart from it, where the input names both", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext, { companyName: "Never Looked Up" });
    const caller = await callerFor(server, actor);
    const offer = await anOffer(testContext);
    const buy = `mutation ($input: CreateSubscriptionInput!) {
      createSubscription(input: $input) { userErrors { code } }
    }`;
    await caller.ask(buy, { input: { customerId: customer.id, offerId: offer.id, quantity: 1 } });
    const subscriptionId = newId(Subscription);
    await caller.ask(
      `mutation ($id: ID!) { suspendSubscription(input: { subscriptionId: $id }) { userErrors { code } } }`,
      { id: subscriptionId },
    );
    expect(await refusedIn(partner.id)).toMatchObject([
      { resourceType: "CUSTOMER", resourceId: customer.id, customerId: customer.id, customerName: null },
      { resourceType: "SUBSCRIPTION", resourceId: subscriptionId, customerId: null },
    ]);
  });

  it("with an id that is none names nothing", async () => {
    const { partner, actor } = await aPartner(testContext);
    const caller = await callerFor(server, actor);
    await caller.ask(UPDATE, { input: { customerId: "=HYPERLINK(1)" } });
    expect(await refusedIn(partner.id)).toMatchObject([
      { errorCode: "ID_MALFORMED", resourceType: null, resourceId: null, customerId: null },
    ]);
  });

  it("is in the log of the one who tried, and in nobody else's", async () => {
    const [one, other] = [await aPartner(testContext), await aPartner(testContext)];
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, other.partner, customer);
    const caller = await callerFor(server, one.actor);
    await caller.ask(UPDATE, { input: { customerId: customer.id } });
    expect(await refusedIn(one.partner.id)).toHaveLength(1);
    expect(await refusedIn(other.partner.id)).toEqual([]);
    expect(await refusedIn(customer.id)).toEqual([]);
  });

  it("of a document with several is each written down, and what succeeded between them too", async () => {
    const { partner, actor } = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, partner, customer);
    const caller = await callerFor(server, actor);
    const field = (alias: string, id: string) =>
      `${alias}: updateCustomer(input: { customerId: "${id}", contactFirstName: "Z" }) { userErrors { code } }`;
    await caller.ask(
      `mutation { ${field("a", newId(Customer))} ${field("b", customer.id)} ${field("c", "x")} }`,
    );
    const log = (await logOf(testContext, partner.id)).filter(
      ({ operation }) => operation === "updateCustomer",
    );
    expect(log.map(({ errorCode }) => errorCode)).toEqual(["CUSTOMER_NOT_FOUND", null, "ID_MALFORMED"]);
  });

  it("of somebody who belongs to no organization yet is in no log", async () => {
    const before = await records();
    const caller = await callerFor(server, aProspect(), true);
    const { data } = await caller.ask(
      `mutation { declineInvitation(input: { token: "nothing" }) { userErrors { code } } }`,
    );
    expect(data.declineInvitation.userErrors).toEqual([{ code: "INVITATION_NOT_FOUND" }]);
    expect(await records()).toBe(before);
  });
});

describe("what is forbidden", () => {
  it("is written down for mutations and for queries alike", async () => {
    const { partner } = await aPartner(testContext);
    const roleless = await aPartnerUser(testContext, partner, {});
    const caller = await callerFor(server, roleless);
    const customerId = newId(Customer);
    const update = await caller.ask(UPDATE, { input: { customerId } });
    const query = await caller.ask("query ($id: ID!) { customer(id: $id) { id } }", { id: customerId });
    for (const { errors } of [update, query])
      expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    expect(await refusedIn(partner.id)).toMatchObject([
      { operation: "updateCustomer", errorCode: "FORBIDDEN", actorId: roleless.userId, customerId },
      { operation: "customer", errorCode: "FORBIDDEN", actorId: roleless.userId, customerId },
    ]);
  });

  it("is written down once for a live field, when the listener begins", async () => {
    const { partner } = await aPartner(testContext);
    const caller = await callerFor(server, await aPartnerUser(testContext, partner, {}));
    const listener = await caller.listen("subscription { relationshipRemoved { id } }");
    expect((await listener.next()).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    expect(await refusedIn(partner.id)).toMatchObject([
      { operation: "relationshipRemoved", errorCode: "FORBIDDEN" },
    ]);
  });
});

describe("what is not written down", () => {
  it("a query that finds nothing or is invalid, and whatever nobody signed in for", async () => {
    const { actor } = await aPartner(testContext);
    const before = await records();
    const caller = await callerFor(server, actor);
    await caller.ask("query ($id: ID!) { customer(id: $id) { id } }", { id: newId(Customer) });
    await caller.ask(`{ customers(first: 0) { totalCount } }`);
    await caller.ask(`mutation { updateCustomer(input: { customerId: 5.5 }) { userErrors { code } } }`);
    await server.withToken(undefined).ask(UPDATE, { input: { customerId: newId(Customer) } });
    await server.withToken("garbage").ask("{ customers { totalCount } }");
    expect(await records()).toBe(before);
  });
});

describe("a log that cannot be written", () => {
  it("changes nothing of the answer, and the operator reads of it", async () => {
    const logged = await startLoggedServer();
    const { database } = logged.running.services;
    const caller = () => logged.ask("direct-agent", UPDATE, { input: { customerId: newId(Customer) } });
    const usual = await caller();
    await database.schemaSource.query("ALTER TABLE activity_record RENAME TO activity_record_away");
    try {
      logged.log.length = 0;
      const { status, body } = await caller();
      expect(status).toBe(usual.status);
      expect(body.data).toEqual(usual.body.data);
      expect(body.errors).toBeUndefined();
      expect(logged.log.filter((line) => line.includes("a refusal is missing in the activity log"))).toEqual([
        expect.stringContaining('"errorCode":"CUSTOMER_NOT_FOUND"'),
      ]);
    } finally {
      await database.schemaSource.query("ALTER TABLE activity_record_away RENAME TO activity_record");
      await logged.stop();
    }
  });
});

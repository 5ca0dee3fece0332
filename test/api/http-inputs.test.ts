import { Offer } from "../../entities/catalog/offer";
import { Subscription } from "../../entities/subscriptions/subscription";
import { Customer } from "../../entities/customers/customer";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { newId } from "../../src/values/ids";
import { type Answer, type Caller, startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
let agent: Caller;
let outsider: Caller;
beforeAll(async () => {
  server = await startTestServer();
  agent = await server.as("direct-agent");
  outsider = await server.as("reseller-agent");
});
afterAll(() => server.stop());

const extensionsOf = ({ errors }: Answer) =>
  (errors ?? []).map(({ message, extensions: { requestId: _, ...rest } }) => ({ message, ...rest }));

describe("a malformed id", () => {
  const malformed = [
    "",
    "x",
    "cust_",
    "cust_01h2xcejqtf2nbrexx3vqjhp4",
    "cust_81h2xcejqtf2nbrexx3vqjhp41",
    "' OR 1=1 --",
  ];

  it.each(malformed)("is refused as such, naming the field, by a query: %p", async (id) => {
    const answer = await agent.ask("query ($id: ID!) { customer(id: $id) { id } }", { id });
    expect(extensionsOf(answer)).toMatchObject([{ code: "ID_MALFORMED", kind: "INVALID", field: "id" }]);
    const node = await agent.ask("query ($id: ID!) { node(id: $id) { id } }", { id });
    expect(extensionsOf(node)).toMatchObject([{ code: "ID_MALFORMED", kind: "INVALID", field: "id" }]);
  });

  it("is one of another kind, too", async () => {
    const id = newId(Offer);
    const answer = await agent.ask("query ($id: ID!) { customer(id: $id) { id } }", { id });
    expect(extensionsOf(answer)).toMatchObject([{ code: "ID_MALFORMED", field: "id" }]);
  });

  const byField: [string, string, string][] = [
    ["suspendSubscription", "subscriptionId", 'subscriptionId: "x"'],
    ["reactivateSubscription", "subscriptionId", 'subscriptionId: "x"'],
    ["changeSubscription", "subscriptionId", 'subscriptionId: "x", quantity: 2'],
    ["cancelSubscription", "subscriptionId", 'subscriptionId: "x"'],
    ["removeRelationship", "relationshipId", 'relationshipId: "x"'],
    ["updateCustomer", "customerId", 'customerId: "x"'],
    ["revokeInvitation", "invitationId", 'invitationId: "x"'],
    ["editInvitation", "invitationId", 'invitationId: "x", subject: "s"'],
  ];

  it.each(byField)("is data of the mutation %s and names %s", async (mutation, field, input) => {
    const answer = await agent.ask(
      `mutation { ${mutation}(input: { ${input} }) { userErrors { code field } } }`,
    );
    expect(answer).toEqual({ data: { [mutation]: { userErrors: [{ code: "ID_MALFORMED", field }] } } });
  });

  it("is named in every field that has one", async () => {
    const answer = await agent.ask(`mutation {
      createSubscription(input: { customerId: "x", offerId: "y", resellerId: "z", quantity: 1 }) { userErrors { code field } }
      inviteCustomer(input: { recipientEmail: "a@b.example", customerId: "x", indirectProviderId: "y" }) { userErrors { code field } }
    }`);
    const fields = (mutation: string) =>
      answer.data[mutation].userErrors.map(
        ({ code, field }: { code: string; field: string }) => `${code} ${field}`,
      );
    expect(fields("createSubscription").sort()).toEqual([
      "ID_MALFORMED customerId",
      "ID_MALFORMED offerId",
      "ID_MALFORMED resellerId",
    ]);
    expect(fields("inviteCustomer").sort()).toEqual([
      "ID_MALFORMED customerId",
      "ID_MALFORMED indirectProviderId",
    ]);
  });
});

describe("an id that is not there and one that is somebody else's", () => {
  it("get the same answer, of queries and of mutations", async () => {
    const found = await agent.ask(
      "{ customers(first: 1) { nodes { id relationships { id } subscriptions { nodes { id } } } } }",
    );
    const [customer] = found.data.customers.nodes;
    const others = {
      customer: customer.id,
      relationship: customer.relationships[0].id,
      subscription: customer.subscriptions.nodes[0].id,
    };
    const nowhere = {
      customer: newId(Customer),
      relationship: newId(ResellerRelationship),
      subscription: newId(Subscription),
    };
    const ask = (ids: typeof others) =>
      outsider.ask(
        `mutation ($customer: ID!, $relationship: ID!, $subscription: ID!) {
          updateCustomer(input: { customerId: $customer, companyName: "Mine Now" }) { userErrors { code field message } }
          removeRelationship(input: { relationshipId: $relationship }) { userErrors { code field message } }
          suspendSubscription(input: { subscriptionId: $subscription }) { userErrors { code field message } }
        }`,
        ids,
      );
    const foreign = await ask(others);
    expect(foreign).toEqual(await ask(nowhere));
    expect(foreign.data.updateCustomer.userErrors).toMatchObject([
      { code: "CUSTOMER_NOT_FOUND", field: "customerId" },
    ]);
    expect(foreign.data.removeRelationship.userErrors).toMatchObject([{ code: "RELATIONSHIP_NOT_FOUND" }]);
    expect(foreign.data.suspendSubscription.userErrors).toMatchObject([{ code: "SUBSCRIPTION_NOT_FOUND" }]);

    const query = "query ($id: ID!) { node(id: $id) { id } }";
    for (const kind of ["customer", "relationship", "subscription"] as const) {
      const [theirs, none] = [
        await outsider.ask(query, { id: others[kind] }),
        await outsider.ask(query, { id: nowhere[kind] }),
      ];
      expect(extensionsOf(theirs)).toEqual(extensionsOf(none));
      expect(extensionsOf(theirs)).toMatchObject([
        { code: "NODE_NOT_FOUND", kind: "NOT_FOUND", field: "id" },
      ]);
    }
  });
});

describe("several mutations in one document", () => {
  it("stand each for itself: a refused and a forbidden one leave the others' results", async () => {
    const sales = await server.as("direct-sales");
    const subscription = (await sales.ask("{ subscriptions(first: 1) { nodes { id } } }")).data.subscriptions
      .nodes[0].id;
    const answer = await sales.ask(
      `mutation ($id: ID!) {
        forbidden: inviteCustomer(input: { recipientEmail: "a@b.example" }) { link userErrors { code } }
        refused: suspendSubscription(input: { subscriptionId: "x" }) { subscription { id } userErrors { code } }
        done: suspendSubscription(input: { subscriptionId: $id }) { subscription { status } userErrors { code } }
      }`,
      { id: subscription },
    );
    expect(answer.data).toEqual({
      forbidden: null,
      refused: { subscription: null, userErrors: [{ code: "ID_MALFORMED" }] },
      done: { subscription: { status: "SUSPENDED" }, userErrors: [] },
    });
    expect(answer.errors).toMatchObject([{ path: ["forbidden"], extensions: { code: "FORBIDDEN" } }]);
  });
});

describe("everything that is wrong with an input", () => {
  it("is told at once, each with field, code and the rule's bounds", async () => {
    const answer = await agent.ask(`mutation { inviteCustomer(input: {
        recipientEmail: "nobody", expiresInDays: 366, subject: "${"s".repeat(1000)}", body: "no link", indirectProviderId: "x"
      }) { link userErrors { code field message details { ... on FieldRuleDetails { minimum maximum } } } } }`);
    expect(answer.errors).toBeUndefined();
    expect(answer.data.inviteCustomer.link).toBeNull();
    const { userErrors } = answer.data.inviteCustomer;
    const told = userErrors.map(({ code, field }: { code: string; field: string }) => `${code} ${field}`);
    expect(told.sort()).toEqual([
      "FIELD_INVALID expiresInDays",
      "FIELD_INVALID recipientEmail",
      "FIELD_INVALID subject",
      "ID_MALFORMED indirectProviderId",
      "INVITATION_LINK_MISSING body",
    ]);
    expect(userErrors).toContainEqual(
      expect.objectContaining({ field: "expiresInDays", details: { minimum: 1, maximum: 365 } }),
    );
  });
});

describe("the size of a page", () => {
  const lists = ["customers", "invitations", "relationships", "offers", "subscriptions", "events"];
  const bounds = {
    code: "FIELD_INVALID",
    kind: "INVALID",
    field: "first",
    details: { minimum: 1, maximum: 500 },
  };

  it.each(lists)("of %s must be from 1 to 500, and the refusal says so", async (list) => {
    for (const first of [0, 501, -1]) {
      const answer = await agent.ask(`query ($first: Int) { ${list}(first: $first) { totalCount } }`, {
        first,
      });
      expect(extensionsOf(answer)).toMatchObject([
        { ...bounds, message: `first must be from 1 to 500; it is ${first}.` },
      ]);
    }
    for (const first of [1, 500, null]) {
      const answer = await agent.ask(`query ($first: Int) { ${list}(first: $first) { totalCount } }`, {
        first,
      });
      expect(answer.errors).toBeUndefined();
    }
  });

  it("of a list within a list has the same bounds", async () => {
    const answer = await agent.ask(
      "{ customers(first: 1) { nodes { subscriptions(first: 501) { totalCount } } } }",
    );
    expect(extensionsOf(answer)).toMatchObject([bounds]);
  });

  it.each(lists)("and a cursor that %s did not give out are told apart", async (list) => {
    const answer = await agent.ask(`{ ${list}(after: "nonsense") { totalCount } }`);
    expect(extensionsOf(answer)).toMatchObject([
      { code: expect.stringMatching(/CURSOR_INVALID$/), kind: "INVALID" },
    ]);
  });
});

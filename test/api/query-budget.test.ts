import { establishRelationship } from "../../src/relationships";
import { createSubscription } from "../../src/subscriptions";
import { registerCustomer } from "../../src/organizations";
import { Cloud } from "../../entities/partners/partner";
import { aPartner, anOffer, type PartnerWithUser } from "../support/builders";
import { startTestServer, type TestServer } from "../support/test-server";
import { callerFor, testContextOf, statementsOf } from "./at-the-endpoint";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A partner with so many customers, each with two subscriptions, made in one transaction. */
async function aPartnerWithCustomers(count: number): Promise<PartnerWithUser> {
  const testContext = testContextOf(server);
  const seller = await aPartner(testContext);
  const offer = await anOffer(testContext);
  await testContext.as(seller.actor).transaction(
    async (tx) => {
      const seat = {
        ...testContext.as(seller.actor),
        transaction: (work: (t: typeof tx) => unknown) => work(tx),
      };
      for (let n = 0; n < count; n++) {
        const name = `${seller.partner.id.slice(-8)}-${n}`;
        const customer = await registerCustomer(tx, {
          companyName: `Customer ${name}`,
          country: "US",
          cloud: Cloud.PUBLIC,
          domain: `${name}.example`,
          tenantId: `tenant-${name}`,
        });
        await establishRelationship(tx, { partner: seller.partner, customer, invitationId: null });
        for (const quantity of [1, 2])
          await createSubscription(seat as never, { customerId: customer.id, offerId: offer.id, quantity });
      }
    },
    { operation: "seed" },
  );
  return seller;
}

const LIST = `{ customers(first: 50) {
  nodes { companyName relationships { id partner { name } } subscriptions { nodes { offerName } } }
} }`;

describe("the list of fifty customers with relationships, partners and subscriptions", () => {
  it.each([5, 60])(
    "costs four statements, sign-in included, for a partner with %i customers",
    async (count) => {
      const seller = await aPartnerWithCustomers(count);
      const caller = await callerFor(server, seller.actor);

      const { answer, statements } = await statementsOf(server, () => caller.ask(LIST));

      expect(answer.errors).toBeUndefined();
      const { nodes } = answer.data.customers;
      expect(nodes).toHaveLength(Math.min(count, 50));
      for (const node of nodes) {
        expect(node.relationships).toMatchObject([{ partner: { name: seller.partner.name } }]);
        expect(node.subscriptions.nodes).toHaveLength(2);
      }
      expect(statements).toHaveLength(4);
    },
  );

  it("costs four statements as well for a provider that sees its resellers' relationships", async () => {
    const caller = await server.as("provider-agent");
    const { answer, statements } = await statementsOf(server, () => caller.ask(LIST));
    const partners = answer.data.customers.nodes.flatMap(
      (node: { relationships: { partner: { name: string } }[] }) =>
        node.relationships.map(({ partner }) => partner.name),
    );
    expect(new Set(partners)).toEqual(new Set(["Northwater Distribution", "Maple Street IT"]));
    expect(statements).toHaveLength(4);
  });

  it("costs one statement more for what would block the removals, and none for each customer", async () => {
    const caller = await server.as("direct-agent");
    const blockers = LIST.replace("companyName", "companyName removalBlockers { quantity }");
    const { answer, statements } = await statementsOf(server, () => caller.ask(blockers));
    expect(answer.data.customers.nodes.length).toBeGreaterThanOrEqual(6);
    expect(statements).toHaveLength(5);
  });
});

describe("a count", () => {
  const counting = (statements: string[]) =>
    statements.filter((sql) => /\bCOUNT\(|^SELECT rowCounts FROM/i.test(sql));

  it("is not made unless totalCount is asked for, also not of a customer's subscriptions", async () => {
    const caller = await server.as("direct-agent");
    const { statements } = await statementsOf(server, () => caller.ask(LIST));
    expect(counting(statements)).toEqual([]);
  });

  it("of a list costs one statement, and of a whole one that reads a single row", async () => {
    const caller = await server.as("direct-agent");
    const { answer, statements } = await statementsOf(server, () =>
      caller.ask("{ customers(first: 2) { totalCount nodes { id } } }"),
    );
    expect(answer.data.customers).toMatchObject({ totalCount: 6, nodes: { length: 2 } });
    expect(counting(statements)).toEqual([expect.stringContaining("rowCounts")]);
    expect(statements).toHaveLength(3);
  });

  it("of every customer's subscriptions costs one statement for all of them", async () => {
    const caller = await server.as("direct-agent");
    const { answer, statements } = await statementsOf(server, () =>
      caller.ask("{ customers { nodes { subscriptions { totalCount } } } }"),
    );
    const counts = answer.data.customers.nodes.map(
      (node: { subscriptions: { totalCount: number } }) => node.subscriptions.totalCount,
    );
    expect(counts).toEqual([1, 2, 1, 2, 1, 2]);
    expect(counting(statements)).toHaveLength(1);
    expect(statements).toHaveLength(4);
  });
});

describe("a single question", () => {
  it("about oneself costs the sign-in only", async () => {
    const caller = await server.as("direct-agent");
    const { answer, statements } = await statementsOf(server, () =>
      caller.ask("{ viewer { displayName kind agentRoles permissions } }"),
    );
    expect(answer.data.viewer.displayName).toBe("Amir Costa");
    expect(statements).toHaveLength(1);
  });

  it("about oneself costs nothing when it is asked again at once", async () => {
    const caller = await server.as("direct-agent");
    await caller.ask("{ viewer { displayName } }");
    server.statements.length = 0;
    await caller.ask("{ viewer { displayName } }");
    expect(server.statements).toEqual([]);
  });

  it("without a token costs no statement", async () => {
    const { statements } = await statementsOf(server, () => server.withToken(undefined).ask(LIST));
    expect(statements).toEqual([]);
  });

  it("with a token that is not good costs no statement", async () => {
    const { statements } = await statementsOf(server, () => server.withToken("a.b.c").ask(LIST));
    expect(statements).toEqual([]);
  });

  it("that the roles do not allow costs the sign-in, a look for grants and its record in the activity log", async () => {
    const caller = await server.as("direct-sales");
    const { answer, statements } = await statementsOf(server, () => caller.ask(LIST));
    expect(answer.errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    expect(statements.filter((sql) => /activity_record/.test(sql))).toHaveLength(1);
    expect(statements.filter((sql) => /customer_grant/.test(sql))).toHaveLength(1);
    expect(statements).toHaveLength(7);
  });

  it("about any object by its id costs one statement and the sign-in", async () => {
    const caller = await server.as("direct-agent");
    const found = await caller.ask(`{
      viewer { partner { id } }
      customers(first: 1) { nodes { id relationships { id } subscriptions { nodes { id } } } }
      offers(first: 1) { nodes { id } }
    }`);
    const [customer] = found.data.customers.nodes;
    const ids: string[] = [
      found.data.viewer.partner.id,
      customer.id,
      customer.relationships[0].id,
      customer.subscriptions.nodes[0].id,
      found.data.offers.nodes[0].id,
    ];
    for (const id of ids) {
      const { answer, statements } = await statementsOf(server, () =>
        caller.ask("query ($id: ID!) { node(id: $id) { id __typename } }", { id }),
      );
      expect(answer.data.node.id).toBe(id);
      expect({ id, statements: statements.length }).toEqual({ id, statements: 2 });
    }
  });

  it("with a malformed id costs the sign-in only", async () => {
    const caller = await server.as("direct-agent");
    const { statements } = await statementsOf(server, () => caller.ask('{ node(id: "cust_1") { id } }'));
    expect(statements).toHaveLength(1);
  });
});

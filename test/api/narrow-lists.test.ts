import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, getNamedType, type GraphQLObjectType, isLeafType, isObjectType } from "graphql";
import { establishRelationship, removeRelationship } from "../../src/relationships";
import { suspendSubscription } from "../../src/subscriptions";
import {
  aCustomer,
  anInvitation,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { startTestServer, type TestServer, type Caller } from "../support/test-server";
import { callerFor, testContextOf } from "./at-the-endpoint";

let server: TestServer;
let caller: Caller;
let customerId: string;
/**
 * A relationship that came by an invitation; a suspended subscription whose reseller of record has left, so that it cannot
 * come back, and an active one.
 */
beforeAll(async () => {
  server = await startTestServer();
  const testContext = testContextOf(server);
  const { reseller, provider } = await aResellerWithProvider(testContext);
  const { customer } = await aCustomer(testContext);
  customerId = customer.id;
  const { id: invitationId } = await anInvitation(testContext, provider);
  const { partner } = provider;
  await testContext.system.transaction((tx) =>
    establishRelationship(tx, { partner, customer, invitationId }),
  );
  const resellers = await aRelationship(testContext, reseller.partner, customer);
  const { id } = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
  await suspendSubscription(testContext.as(provider.actor), { subscriptionId: id });
  await removeRelationship(testContext.as(reseller.actor), { relationshipId: resellers.id });
  await aSubscription(testContext, provider, customer);
  caller = await callerFor(server, provider.actor);
});
afterAll(() => server.stop());

const schema = buildSchema(readFileSync(join(__dirname, "../../schema/schema.graphql"), "utf8"));

/** Every field of a type that needs no argument, with the leaves of what it gives selected. */
function selectionsOf(typeName: string): [field: string, selection: string][] {
  const fields = Object.values((schema.getType(typeName) as GraphQLObjectType).getFields());
  return fields.map((field) => [field.name, `${field.name} ${leavesOf(getNamedType(field.type))}`]);
}

function leavesOf(type: unknown): string {
  if (!isObjectType(type)) return "";
  const leaves = Object.values(type.getFields()).filter(({ type: inner }) => isLeafType(getNamedType(inner)));
  return `{ ${leaves.map(({ name }) => name).join(" ")} }`;
}

async function ask(document: string) {
  const { data, errors } = await caller.ask(document, {});
  expect(errors).toBeUndefined();
  return data;
}

/** The rows of a list under a customer, asked for these fields alone, and asked for by id, which reads them whole. */
async function bothReads(typeName: string, list: (fields: string) => string, fields: string) {
  const rowsOf = async (selected: string) => {
    const { customer } = await ask(`{ customer(id: "${customerId}") { rows: ${list(selected)} } }`);
    const { rows } = customer;
    return (rows.nodes ?? rows.edges?.map(({ node }: { node: object }) => node) ?? rows) as object[];
  };
  const ids = (await rowsOf("id")) as { id: string }[];
  const byId = ids.map(({ id }) => ask(`{ node(id: "${id}") { ... on ${typeName} { ${fields} } } }`));
  return { narrow: await rowsOf(fields), whole: (await Promise.all(byId)).map(({ node }) => node) };
}

const subscriptions = (fields: string) => `subscriptions { nodes { ${fields} } }`;
const relationships = (fields: string) => `relationships { ${fields} }`;

describe("a field that is the only one asked for of a customer's rows is what it is in the whole row", () => {
  it.each(selectionsOf("CustomerSubscription"))("of subscriptions: %s", async (field, selection) => {
    const { narrow, whole } = await bothReads("CustomerSubscription", subscriptions, selection);
    expect(narrow).toHaveLength(2);
    expect(narrow).toEqual(whole);
    expect(narrow).toContainEqual({ [field]: expect.anything() });
  });

  it.each(selectionsOf("ResellerRelationship"))("of relationships: %s", async (field, selection) => {
    const { narrow, whole } = await bothReads("ResellerRelationship", relationships, selection);
    expect(narrow).toHaveLength(1);
    expect(narrow).toEqual(whole);
    if (field !== "removedAt") expect(narrow).toContainEqual({ [field]: expect.anything() });
  });
});

describe("the fields asked for are found", () => {
  it.each([
    ["under edges", "subscriptions { edges { node { offerName } } }"],
    ["in fragments inside each other", "subscriptions { ...A }"],
    ["under another name", "subscriptions { nodes { offerName: offerName } }"],
    [
      "where a list is asked for twice",
      "subscriptions { nodes { id } } rows: subscriptions { nodes { offerName } }",
    ],
    ["under a condition", "subscriptions { nodes { offerName @include(if: true) id @skip(if: true) } }"],
  ])("%s", async (_where, list) => {
    const document = `{ customer(id: "${customerId}") { rows: ${list} } }
      ${list.includes("...A") ? "fragment A on CustomerSubscriptionConnection { nodes { ...B } } fragment B on CustomerSubscription { ... on Node { __typename } ...C } fragment C on CustomerSubscription { offerName }" : ""}`;
    // The second time it is compiled.
    for (let time = 0; time < 3; time++) {
      const { data, errors } = await caller.ask(document);
      expect(errors).toBeUndefined();
      const { rows } = data.customer;
      const found = rows.nodes ?? rows.edges.map(({ node }: { node: object }) => node);
      expect(found).toHaveLength(2);
      for (const row of found) expect(row.offerName).toEqual(expect.any(String));
    }
  });
});

describe("what is read of a customer's subscriptions", () => {
  it("is what their fields are made of", async () => {
    await caller.ask(
      `{ customer(id: "${customerId}") { subscriptions { nodes { id quantity __typename } } } }`,
    );
    const [statement] = server.statements.filter((text) => text.includes("subscription.quantity")).slice(-1);
    const selected = statement?.slice(0, statement.indexOf(" FROM")).match(/\bsubscription\.\w+/g);
    expect(selected).toEqual(["subscription.customerId", "subscription.id", "subscription.quantity"]);
  });
});

describe("a field that is the only one asked for of a customer is what it is in the whole row", () => {
  it.each(selectionsOf("Customer"))("%s", async (field, selection) => {
    const { node } = await ask(`{ node(id: "${customerId}") { ... on Customer { ${selection} } } }`);
    const { customer } = await ask(`{ customer(id: "${customerId}") { ${selection} } }`);
    const { customers } = await ask(
      `{ customers { nodes { ${selection} } edges { node { ${selection} } } } }`,
    );
    expect(node).toHaveProperty(field);
    expect(customer).toEqual(node);
    expect(customers).toEqual({ nodes: [node], edges: [{ node }] });
  });
});

import { randomBytes } from "node:crypto";
import { getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from "graphql";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { createApiKey } from "../../src/identity";
import { createPartnership } from "../../src/partners";
import { compileCost, type Variables } from "../../src/transport/limits/operation-cost";
import { createWebhookEndpoint, sendTestWebhook } from "../../src/webhooks";
import { secretBox } from "../../src/webhooks/secret-box";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { operationIn, schema } from "../limits/operations";
import {
  aCustomer,
  aPartner,
  anInvitation,
  anOffer,
  aRelationship,
  aSubscription,
} from "../support/builders";
import { copyRow, numbered } from "../support/many-rows";
import { type Caller, startTestServer, type TestServer } from "../support/test-server";

/** More than any page has by default. */
const ROWS = 60;

/** Every field that takes `first`: an operation that asks it, with LIST where it stands. */
const documents: Record<string, string> = {
  "Query.customers": "LIST",
  "Query.invitations": "LIST",
  "Query.relationships": "LIST",
  "Query.offers": "LIST",
  "Query.subscriptions": "LIST",
  "Query.events": "LIST",
  "Query.activityLog": "LIST",
  "Query.users": "LIST",
  "Query.apiKeys": "LIST",
  "Query.webhookEndpoints": "LIST",
  "WebhookEndpoint.deliveries": 'node(id: "ENDPOINT") { ... on WebhookEndpoint { LIST } }',
  "Customer.subscriptions": 'customer(id: "CUSTOMER") { LIST }',
  "Customer.relationships": 'customer(id: "CUSTOMER") { LIST }',
  "Customer.removalBlockers": 'customer(id: "CUSTOMER") { LIST }',
  "Partner.indirectProviders": "viewer { partner { LIST } }",
  "RefundableQuantity.details":
    'node(id: "SUBSCRIPTION") { ... on CustomerSubscription { refundableQuantity { LIST } } }',
};

let server: TestServer;
let caller: Caller;
let ids: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer();
  const testContext = testContextOf(server);
  const seller = await aPartner(
    testContext,
    { programmeRole: ProgrammeRole.INDIRECT_RESELLER },
    { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] },
  );
  const provider = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_PROVIDER });
  await testContext.system.transaction((tx) => createPartnership(tx, provider.partner.id, seller.partner.id));
  const { customer } = await aCustomer(testContext);
  for (const { partner } of [seller, provider]) await aRelationship(testContext, partner, customer);
  const offer = await anOffer(testContext);
  const sold = await aSubscription(testContext, provider, customer, {
    offerId: offer.id,
    resellerId: seller.partner.id,
  });
  await anInvitation(testContext, seller);
  const webhooks = {
    checkUrl: (url: string) => Promise.resolve({ url }),
    secretBox: secretBox(randomBytes(32)),
  };
  const ctx = { ...testContext.as(seller.actor), webhooks };
  await createApiKey(ctx, { name: "k", permissions: ["customer.read"] });
  const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://receiver.example/" });
  await sendTestWebhook(ctx, { endpointId: endpoint.id });
  ids = { ENDPOINT: endpoint.id, CUSTOMER: customer.id, SUBSCRIPTION: sold.id };
  const no = (column: string) => numbered(testContext, column);
  const [mine, own] = [`partnerId = '${seller.partner.id}'`, `organizationId = '${seller.partner.id}'`];
  const batches = JSON.stringify(Array(ROWS).fill({ quantity: 1, until: "2999-01-01T00:00:00.000Z" }));
  await testContext.system.transaction((tx) =>
    tx.execute("UPDATE subscription SET refundableBatches = ? WHERE id = ?", [batches, sold.id]),
  );
  await copyRow(testContext, "customer", `id = '${customer.id}'`, ROWS, {
    tenantId: no("tenantId"),
    domain: no("domain"),
  });
  await copyRow(testContext, "reseller_relationship", mine, ROWS, { customerId: no("customerId") });
  await copyRow(testContext, "subscription", `id = '${sold.id}'`, ROWS);
  await copyRow(testContext, "invitation", mine, ROWS, { tokenHash: no("tokenHash"), pendingKey: "NULL" });
  await copyRow(testContext, "offer", `id = '${offer.id}'`, ROWS, { catalogId: no("catalogId") });
  await copyRow(testContext, "user_account", own, ROWS, { subject: no("subject"), email: no("email") });
  await copyRow(testContext, "api_key", own, ROWS);
  await copyRow(testContext, "webhook_endpoint", own, ROWS);
  await copyRow(testContext, "webhook_delivery", own, ROWS);
  await copyRow(testContext, "event", own, ROWS, { position: "position + 1000 + n" });
  await copyRow(testContext, "activity_record", own, ROWS, { sequence: "sequence + 1000 + n" });
  await copyRow(testContext, "partner", `id = '${provider.partner.id}'`, ROWS, { tenantId: no("tenantId") });
  await copyRow(testContext, "partnership", `resellerId = '${seller.partner.id}'`, ROWS, {
    providerId: no("providerId"),
  });
  await copyRow(testContext, "reseller_relationship", `partnerId = '${provider.partner.id}'`, ROWS, {
    partnerId: no("partnerId"),
  });
  caller = await callerFor(server, seller.actor);
});
afterAll(() => server.stop());

const isList = (field: string) => !isConnection(field);

function isConnection(field: string): boolean {
  const [typeName = "", name = ""] = field.split(".");
  const type = schema.getType(typeName);
  return isObjectType(type) && getNamedType(type.getFields()[name].type).name.endsWith("Connection");
}

it("asks every field that takes first", () => {
  const found: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      const isPaged =
        getNamedType(field.type).name.endsWith("Connection") || isListType(getNullableType(field.type));
      if (field.args.some(({ name }) => name === "first") && isPaged)
        found.push(`${type.name}.${field.name}`);
    }
  }
  expect(found.sort()).toEqual(Object.keys(documents).sort());
});

/** How many rows a field gives with these arguments, and for how many objects more than without rows it is charged. */
async function asked(field: string, args: string, head: string, variables: Variables) {
  const name = field.split(".")[1] ?? "";
  const document = (rows: string) => {
    const text = (documents[field] ?? "").replace("LIST", `${name}${args}${rows}`);
    return `query ${head} { ${Object.entries(ids).reduce((all, [key, id]) => all.replace(key, id), text)} }`;
  };
  // An object costs a quarter of a point, so four times the same cost as many points as one has objects.
  const costOf = (text: string) => {
    const [, beginning = "", field = ""] = /^([^{]*)\{([^]*)\}\s*$/.exec(text) ?? [];
    const four = [1, 2, 3, 4].map((n) => `n${n}: ${field.trim()}`).join(" ");
    const { document: parsed, operation } = operationIn(`${beginning}{ ${four} }`);
    return compileCost(schema, parsed, operation)(variables);
  };
  const full = document(isList(field) ? " { __typename }" : " { nodes { __typename } }");
  const answer = await caller.ask(full, variables ?? {});
  expect(answer.errors).toBeUndefined();
  const rows = JSON.stringify(answer.data).split('"__typename"').length - 1;
  const withoutRows = isList(field)
    ? costOf(`{ ${full.slice(full.indexOf("{") + 1).replace(`${name}${args} { __typename }`, "__typename")}`)
    : costOf(document(" { pageInfo { __typename } }"));
  return { rows, charged: costOf(full) - withoutRows };
}

it.each(Object.keys(documents))(
  "%s gives as many rows as it is charged for, when it is not told how many",
  async (field) => {
    const ways = [
      ["", "", {}],
      ["(first: null)", "", {}],
      ["(first: $first)", "($first: Int)", {}],
      ["(first: $first)", "($first: Int)", { first: null }],
      ["(first: $first)", "($first: Int)", { first: 7 }],
    ] as const;
    for (const [args, head, variables] of ways) {
      const { rows, charged } = await asked(field, args, head, variables);
      expect({ field, args, variables, rows }).toEqual({ field, args, variables, rows: charged });
      expect(rows).toBeLessThan(ROWS);
    }
  },
);

import { randomUUID } from "node:crypto";
import { openDevelopmentIssuer } from "../../src/identity";
import type { BenchEnvironment } from "../environment";
import { type OurServer, startOurs } from "../our-server";
import { fillReleasedSchema } from "../released-schema";
import type { StoredRow } from "../requests/insert-rows";
import { tokenOf } from "../requests/pool";
import { rowMaker } from "../requests/seed-rows";
import { CostClient } from "./client";

/** A server on a filled database, and what documents need to name rows of it. */
export interface CostServer {
  server: OurServer;
  client: CostClient;
  /** Ids by the GraphQL type that they belong to. */
  ids: Record<string, string>;
}

const CUSTOMERS = 1_000;
/** One customer has more subscriptions than the largest page. */
const SUBSCRIPTIONS_OF_ONE = 600;
/** How many events and activity records there are at least. */
const CHANGES = 600;

/**
 * Fills an empty database and starts our server on it: a partner with 1,000 customers of three subscriptions each and one
 * with 600, and through the API 600 changes, 30 users, API keys and webhook endpoints, and 500 invitations. So every list
 * has at least one full page, except those whose rows are few by nature.
 */
export async function startCostServer(environment: BenchEnvironment): Promise<CostServer> {
  const { tables, partner, user } = makeTables();
  const issuer = await openDevelopmentIssuer(environment.folder);
  await fillReleasedSchema(environment, tables);
  const server = await startOurs(environment, {
    variables: { WEBHOOK_DELIVERIES_AT_ONCE: "0", LIMIT_SENT_BUDGET: "100000000" },
  });
  const client = new CostClient(server.url, await tokenOf(issuer, partner, user));
  const id = (table: string, at = 0) => String(tables[table]?.[at]?.id);
  const ids: Record<string, string> = {
    Customer: id("customer"),
    CustomerSubscription: id("subscription"),
    ResellerRelationship: id("reseller_relationship"),
    Offer: id("offer"),
    Partner: id("partner"),
  };
  await fillThroughTheApi(client, ids, tables.customer ?? []);
  return { server, client, ids };
}

function makeTables() {
  const make = rowMaker(new Date().toISOString());
  const partner = make.partner("Clearwater Cloud");
  const user: StoredRow = { ...make.partnerUser(partner), adminRoles: '["GLOBAL_ADMIN"]' };
  const offer = make.offer();
  const customers = Array.from({ length: CUSTOMERS }, (_, at) =>
    make.customer(`Customer ${String(at).padStart(4, "0")}`),
  );
  const countOf = (at: number) => (at === 0 ? SUBSCRIPTIONS_OF_ONE : 3);
  const subscriptions = customers.flatMap((customer, at) =>
    Array.from({ length: countOf(at) }, (_, n) => make.subscription(partner, customer, offer, n)),
  );
  const counts = { "RELATIONSHIP ACTIVE": CUSTOMERS, "SUBSCRIPTION ACTIVE": subscriptions.length };
  const heads = customers.map((customer, at) =>
    make.head(customer, { "RELATIONSHIP ACTIVE": 1, "SUBSCRIPTION ACTIVE": countOf(at) }),
  );
  const tables: Record<string, StoredRow[]> = {
    partner: [partner],
    offer: [offer],
    customer: customers,
    organization_head: [make.head(partner, counts), ...heads],
    user_account: [user],
    reseller_relationship: customers.map((customer, at) => make.relationship(partner, customer, at)),
    subscription: subscriptions,
  };
  return { tables, partner, user };
}

async function fillThroughTheApi(
  client: CostClient,
  ids: Record<string, string>,
  customers: StoredRow[],
): Promise<void> {
  for (let at = 0; at < CHANGES; at++)
    await client.succeed(
      "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { userErrors { code } } }",
      { input: { customerId: customers[at % customers.length]?.id, contactFirstName: `Kim ${at}` } },
    );
  for (let at = 0; at < 500; at++) {
    const { invitation } = await client.succeed(
      "mutation ($input: InviteCustomerInput!) { inviteCustomer(input: $input) { invitation { id } link userErrors { code } } }",
      { input: { recipientEmail: `someone-${at}@elsewhere.example` } },
    );
    ids.Invitation = (invitation as { id: string }).id;
  }
  for (let at = 0; at < 30; at++) {
    const { user } = await client.succeed(
      "mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } userErrors { code } } }",
      {
        input: {
          email: `kim-${randomUUID()}@clearwater-cloud.example`,
          displayName: "Kim",
          agentRoles: ["SALES_AGENT"],
        },
      },
    );
    const { apiKey } = await client.succeed(
      "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } userErrors { code } } }",
      { input: { name: `Key ${at}`, permissions: ["customer.read"] } },
    );
    ids.User = (user as { id: string }).id;
    ids.ApiKey = (apiKey as { id: string }).id;
  }
}

import { ApiKeyStatus } from "../../entities/identity/api-key";
import { UserStatus } from "../../entities/identity/user";
import { InvitationStatus } from "../../entities/invitations/invitation";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { listOffers } from "../../src/catalog";
import { listCustomers } from "../../src/customers";
import { MAX_CANDIDATES } from "../../src/database/keyset-order";
import { MAX_COUNT } from "../../src/errors/list-bounds";
import { createApiKey, listApiKeys, listUsers } from "../../src/identity";
import { listInvitations } from "../../src/invitations";
import { listRelationships } from "../../src/relationships";
import { listSubscriptions } from "../../src/subscriptions";
import {
  createWebhookEndpoint,
  listWebhookDeliveries,
  listWebhookEndpoints,
  sendTestWebhook,
} from "../../src/webhooks";
import {
  aCustomer,
  aPartner,
  anInvitation,
  anOffer,
  aRelationship,
  aSubscription,
  type CustomerWithAdmin,
  type PartnerWithUser,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { copyRow, numbered, rowsRead } from "../support/many-rows";

/** More of everything than one page may look at, of which every so many is rare. */
const ROWS = 12_000;
const RARE = "n % 4000 = 0";

let testContext: TestContext;
let seller: PartnerWithUser;
let customer: CustomerWithAdmin;
let endpointId: string;
beforeAll(async () => {
  testContext = await openTestContext({ poolSize: 1 });
  seller = await aPartner(
    testContext,
    {},
    { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] },
  );
  customer = await aCustomer(testContext, { companyName: "Common" });
  await aRelationship(testContext, seller.partner, customer.customer);
  const { id } = await anOffer(testContext, { name: "Common" });
  await aSubscription(testContext, seller, customer.customer, { offerId: id });
  await anInvitation(testContext, seller, { customerId: customer.customer.id });
  const ctx = testContext.as(seller.actor);
  await createApiKey(ctx, { name: "Common", permissions: ["customer.read"] });
  const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://receiver.example/" });
  endpointId = endpoint.id;
  await sendTestWebhook(ctx, { endpointId });
  await fill(id);
});
afterAll(() => testContext.close());

/** Copies everything; a rare copy has another status, name or kind. */
async function fill(offerId: string): Promise<void> {
  const mine = `partnerId = '${seller.partner.id}'`;
  const own = `organizationId = '${seller.partner.id}'`;
  const no = (column: string) => numbered(testContext, column);
  const rarely = (value: string, column: string) => `CASE WHEN ${RARE} THEN ${value} ELSE ${column} END`;
  await copyRow(testContext, "customer", `id = '${customer.customer.id}'`, ROWS, {
    tenantId: no("tenantId"),
    domain: "CONCAT(n, domain)",
  });
  await copyRow(testContext, "reseller_relationship", mine, ROWS, {
    customerId: no("customerId"),
    domain: "CONCAT('c', n, domain)",
    companyNameKey: rarely("'rare'", "companyNameKey"),
    status: rarely("'REMOVED'", "status"),
  });
  await copyRow(testContext, "subscription", mine, ROWS, { status: rarely("'SUSPENDED'", "status") });
  await copyRow(testContext, "invitation", mine, ROWS, {
    tokenHash: no("tokenHash"),
    pendingKey: "NULL",
    status: rarely("'REVOKED'", "status"),
  });
  await copyRow(testContext, "offer", `id = '${offerId}'`, ROWS, {
    catalogId: no("catalogId"),
    isTrial: rarely("1", "isTrial"),
  });
  await copyRow(testContext, "user_account", own, ROWS, {
    subject: "CONCAT(subject, n)",
    email: "CONCAT('u', n, email)",
    status: rarely("'INACTIVE'", "status"),
  });
  await copyRow(testContext, "api_key", own, ROWS, { status: rarely("'ACTIVE'", "'REVOKED'") });
  await copyRow(testContext, "webhook_delivery", own, ROWS);
  await testContext.database.read((reads) =>
    reads.rows(
      "ANALYZE TABLE customer, reseller_relationship, subscription, invitation, offer, user_account, api_key",
    ),
  );
}

type List = (ctx: UseCaseContext) => Promise<{ readonly totalCount: Promise<number | null> }>;
const byName = { direction: "ASC" } as const;

/** Every list with what it can be asked for, alone and together; `narrowed` where no index holds it all. */
const lists: [name: string, list: List, narrowed?: "narrowed"][] = [
  ["customers", (ctx) => listCustomers(ctx, byName)],
  ["customers by name", (ctx) => listCustomers(ctx, { ...byName, companyNameStartsWith: "rare" })],
  ["customers by domain", (ctx) => listCustomers(ctx, { ...byName, domainStartsWith: "c12" })],
  [
    "customers by domain and name",
    (ctx) => listCustomers(ctx, { ...byName, domainStartsWith: "c", companyNameStartsWith: "rare" }),
    "narrowed",
  ],
  ["relationships", (ctx) => listRelationships(ctx, {})],
  ["removed relationships", (ctx) => listRelationships(ctx, { status: RelationshipStatus.REMOVED })],
  [
    "removed relationships with a customer",
    (ctx) => listRelationships(ctx, { status: RelationshipStatus.REMOVED, customerId: customer.customer.id }),
  ],
  ["subscriptions", (ctx) => listSubscriptions(ctx, {})],
  ["suspended subscriptions", (ctx) => listSubscriptions(ctx, { status: SubscriptionStatus.SUSPENDED })],
  ["a customer's subscriptions", (ctx) => listSubscriptions(ctx, { customerId: customer.customer.id })],
  [
    "a customer's suspended subscriptions",
    (ctx) =>
      listSubscriptions(ctx, { customerId: customer.customer.id, status: SubscriptionStatus.SUSPENDED }),
  ],
  ["revoked invitations", (ctx) => listInvitations(ctx, { status: InvitationStatus.REVOKED })],
  ["expired invitations", (ctx) => listInvitations(ctx, { status: InvitationStatus.EXPIRED })],
  ["pending invitations", (ctx) => listInvitations(ctx, { status: InvitationStatus.PENDING })],
  ["offers", (ctx) => listOffers(ctx, {})],
  ["offers of a country", (ctx) => listOffers(ctx, { country: "US", nameStartsWith: "common" })],
  ["trial offers", (ctx) => listOffers(ctx, { isTrial: true }), "narrowed"],
  ["trial offers of a country", (ctx) => listOffers(ctx, { country: "US", isTrial: true }), "narrowed"],
  ["an offer", (ctx) => listOffers(ctx, { catalogId: "NONE", isTrial: true })],
  ["inactive users", (ctx) => listUsers(ctx, { status: UserStatus.INACTIVE })],
  ["users by address", (ctx) => listUsers(ctx, { emailStartsWith: "u12" })],
  [
    "inactive users by address",
    (ctx) => listUsers(ctx, { emailStartsWith: "u", status: UserStatus.INACTIVE }),
    "narrowed",
  ],
  ["active API keys", (ctx) => listApiKeys(ctx, { status: ApiKeyStatus.ACTIVE }), "narrowed"],
  ["webhook endpoints", (ctx) => listWebhookEndpoints(ctx, {})],
  ["deliveries", (ctx) => listWebhookDeliveries(ctx, endpointId, {})],
];

/** Of a page's rows each may be read in several places: in the index, in the table, and in what is joined. */
const FEW = 10 * 51;

it.each(lists.map(([name, list, narrowed]) => [name, list, narrowed === "narrowed"] as const))(
  "a page of %s reads a bounded number of rows, and its count too",
  async (_name, list, narrowed) => {
    const ctx = testContext.as(seller.actor);
    const read = await rowsRead(testContext, () => list(ctx));
    expect(read).toBeLessThan(narrowed ? 4 * MAX_CANDIDATES : FEW);
    const page = await list(ctx);
    const counted = await rowsRead(testContext, () => page.totalCount);
    expect(counted).toBeLessThan(5 * MAX_COUNT);
  },
);

it.each<[string, List]>([
  ["subscriptions", (ctx) => listSubscriptions(ctx, { status: SubscriptionStatus.SUSPENDED })],
  ["invitations", (ctx) => listInvitations(ctx, { status: InvitationStatus.EXPIRED })],
])("a customer's %s by status are looked for among a bounded number", async (_name, list) => {
  const read = await rowsRead(testContext, () => list(testContext.as(customer.actor)));
  expect(read).toBeLessThan(3 * MAX_CANDIDATES);
});

import { AdminRole, AgentRole } from "../../entities/identity/user";
import { consistencyChecks, verifyDatabase } from "../../src/consistency";
import type { Finding } from "../../src/database/consistency-check";
import { replaceGrants } from "../../src/database/customer-grants";
import type { Reads } from "../../src/database/reads";
import { sql } from "../../src/database/sql";
import { createCustomer, updateCustomer } from "../../src/customers";
import { fillDemo } from "../../src/demo";
import { createApiKey } from "../../src/identity";
import { acceptInvitation, declineInvitation, inviteCustomer, revokeInvitation } from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import { cancelSubscription, changeSubscription, suspendSubscription } from "../../src/subscriptions";
import { createWebhookEndpoint, sendTestWebhook } from "../../src/webhooks";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aPartnerUser,
  aProspect,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import type { TestContext } from "../support/test-context";

/** The ids of what the scenario made. */
export type Scenario = Awaited<ReturnType<typeof play>>;

/** Fills the demo in, and has a direct partner, a reseller with its provider and their customers do what they can. */
export async function play(testContext: TestContext) {
  await fillDemo(testContext.system);
  const both = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
  const seller = await aPartner(testContext, {}, both);
  const { reseller, provider } = await aResellerWithProvider(testContext);
  const [buyer, shared, leaver] = [
    await aCustomer(testContext),
    await aCustomer(testContext),
    await aCustomer(testContext),
  ];
  const accepted = await anInvitation(testContext, seller);
  await acceptInvitation(testContext.as(buyer.actor), { token: accepted.token });
  const forBoth = await anInvitation(testContext, reseller, { indirectProviderId: provider.partner.id });
  await acceptInvitation(testContext.as(shared.actor), { token: forBoth.token });
  const open = await anInvitation(testContext, seller, { reusable: true });
  await acceptInvitation(testContext.as(aProspect()), {
    ...{ token: open.token, companyName: "New Company", domain: "new-company.example", country: "US" },
  });
  const declined = await anInvitation(testContext, seller);
  await declineInvitation(testContext.as(leaver.actor), { token: declined.token });
  await revokeInvitation(testContext.as(seller.actor), {
    invitationId: (await anInvitation(testContext, seller)).id,
  });
  const pending = await anInvitation(testContext, seller);
  const removed = await comeAndGo(testContext, seller, leaver);
  const bought = await buy(testContext, seller, buyer.customer);
  await aSubscription(testContext, provider, shared.customer, { resellerId: reseller.partner.id });
  const keyed = await keyedCalls(testContext, seller);
  await grantOn(testContext, seller, buyer.customer.id);
  return {
    ...{ accepted, forBoth, open, pending, removed, ...bought, ...keyed },
    ...{ partnerId: seller.partner.id, buyerId: buyer.customer.id, providerId: provider.partner.id },
  };
}

type Partner = Awaited<ReturnType<typeof aPartner>>;
type Customer = Awaited<ReturnType<typeof aCustomer>>;

/** A customer that comes, goes, comes back and goes again. */
async function comeAndGo(testContext: TestContext, seller: Partner, leaver: Customer) {
  let relationshipId = "";
  for (const at of ["2026-03-01T13:00:00.000Z", "2026-03-01T14:00:00.000Z"]) {
    testContext.clock.now = at;
    const { token } = await anInvitation(testContext, seller);
    const { relationships } = await acceptInvitation(testContext.as(leaver.actor), { token });
    relationshipId = relationships[0]?.id ?? "";
    await removeRelationship(testContext.as(seller.actor), { relationshipId });
  }
  return { id: relationshipId };
}

/** One subscription in each state that a partner brings about. */
async function buy(testContext: TestContext, seller: Partner, customer: Customer["customer"]) {
  const ctx = testContext.as(seller.actor);
  const offerId = (await anOffer(testContext)).id;
  const bought = async () => (await aSubscription(testContext, seller, customer, { offerId })).id;
  const [active, suspended, cancelled] = [await bought(), await bought(), await bought()];
  await changeSubscription(ctx, { subscriptionId: active, quantity: 9 });
  await suspendSubscription(ctx, { subscriptionId: suspended });
  await cancelSubscription(ctx, { subscriptionId: cancelled });
  await updateCustomer(ctx, { customerId: customer.id, companyName: "As the partner calls it" });
  return { active, suspended, cancelled };
}

/** What has an idempotency record, an API key, a webhook endpoint and a delivery. */
async function keyedCalls(testContext: TestContext, seller: Partner) {
  const ctx = testContext.as(seller.actor);
  await createCustomer(ctx, {
    ...{
      companyName: "Created",
      domain: "created.example",
      country: "US",
      contactEmail: "c@created.example",
    },
    ...{ contactFirstName: "Cora", contactLastName: "Long", idempotencyKey: "customer" },
  });
  await inviteCustomer(ctx, { recipientEmail: "keyed@somewhere.example", idempotencyKey: "invite" });
  const { apiKey } = await createApiKey(ctx, { name: "CRM", permissions: ["customer.read"] });
  const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://127.0.0.1:1/hooks" });
  const { delivery } = await sendTestWebhook(ctx, { endpointId: endpoint.id });
  return { apiKeyId: apiKey.id, endpointId: endpoint.id, deliveryId: delivery.id };
}

/** A grant on one customer, and an endpoint that gets no more than its holder may see. */
async function grantOn(testContext: TestContext, { partner, actor }: Partner, customerId: string) {
  const { userId: holderId } = await aPartnerUser(testContext, partner, {});
  await testContext.system.transaction((tx) =>
    replaceGrants(tx, "test_assignment", [{ holderId, permission: "customer.read", customerId }]),
  );
  const ctx = testContext.as(actor);
  const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://127.0.0.1:1/limited" });
  await testContext.system.transaction((tx) =>
    tx.execute(sql`UPDATE webhook_endpoint SET grantHolderId = ${holderId} WHERE id = ${endpoint.id}`),
  );
}

/** Everything that the checks find, or those of these names. */
export async function findingsIn(
  reads: Reads,
  names = consistencyChecks.map(({ name }) => name),
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const checks = consistencyChecks.filter(({ name }) => names.includes(name));
  const ran: string[] = [];
  for await (const { name } of verifyDatabase(reads, (finding) => findings.push(finding), checks))
    ran.push(name);
  expect(ran.sort()).toEqual([...names].sort());
  return findings;
}

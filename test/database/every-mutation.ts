import { randomUUID } from "node:crypto";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { Actor } from "../../src/access/actor";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { createCustomer, updateCustomer } from "../../src/customers";
import { listEvents } from "../../src/events/list-events";
import {
  createApiKey,
  createUser,
  deactivateUser,
  reactivateUser,
  revokeApiKey,
  rotateApiKey,
  updateUser,
} from "../../src/identity";
import {
  acceptInvitation,
  declineInvitation,
  editInvitation,
  inviteCustomer,
  revokeInvitation,
} from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  reactivateSubscription,
  suspendSubscription,
} from "../../src/subscriptions";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  replayWebhook,
  retryWebhookDelivery,
  rotateWebhookSecret,
  sendTestWebhook,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aProspect,
  aRelationship,
  aSubscription,
  type PartnerWithUser,
} from "../support/builders";
import type { TestContext } from "../support/test-context";

/** A mutation that is prepared: its caller, and the call. */
export interface PreparedCall {
  actor: Actor;
  call(ctx: UseCaseContext): Promise<unknown>;
}

/** Makes organizations that nobody else has to do with, and what the mutation needs there. */
export type Prepare = (testContext: TestContext) => Promise<PreparedCall>;

const key = () => ({ idempotencyKey: randomUUID() });
const ADMIN = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
const URL = "https://receiver.example/hook";

const partner = (testContext: TestContext) => aPartner(testContext, {}, ADMIN);

type OfPartner = (
  testContext: TestContext,
  owner: PartnerWithUser,
) => Promise<(ctx: UseCaseContext) => Promise<unknown>>;

function ofPartner(prepare: OfPartner): Prepare {
  return async (testContext) => {
    const owner = await partner(testContext);
    return { actor: owner.actor, call: await prepare(testContext, owner) };
  };
}

async function aSale(testContext: TestContext, seller: PartnerWithUser) {
  const { customer } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  return { customer, relationship };
}

async function aSold(testContext: TestContext, seller: PartnerWithUser) {
  return aSubscription(testContext, seller, (await aSale(testContext, seller)).customer);
}

async function aUser(testContext: TestContext, { actor }: PartnerWithUser) {
  const email = `${randomUUID()}@users.example`;
  return (
    await createUser(testContext.as(actor), { email, displayName: "Someone", agentRoles: [], adminRoles: [] })
  ).user;
}

async function anEndpoint(testContext: TestContext, { actor }: PartnerWithUser) {
  return (await createWebhookEndpoint(testContext.as(actor), { url: URL })).endpoint;
}

async function anApiKey(testContext: TestContext, { actor }: PartnerWithUser) {
  return (await createApiKey(testContext.as(actor), { name: "Key", permissions: ["customer.read"] })).apiKey;
}

/** Every mutation of the API, by its name; where one may begin in ways that write other tables, once for each way. */
export const everyMutation: Record<string, Prepare> = {
  inviteCustomer: ofPartner(
    async () => (ctx) => inviteCustomer(ctx, { recipientEmail: `${randomUUID()}@shop.example`, ...key() }),
  ),
  // The address was invited before: the index still has the entry that became free.
  "inviteCustomer again": ofPartner(async (testContext, owner) => {
    const recipientEmail = `${randomUUID()}@shop.example`;
    const { id } = await anInvitation(testContext, owner, { recipientEmail });
    await revokeInvitation(testContext.as(owner.actor), { invitationId: id });
    return (ctx) => inviteCustomer(ctx, { recipientEmail, ...key() });
  }),
  editInvitation: ofPartner(async (testContext, owner) => {
    const { id } = await anInvitation(testContext, owner);
    return (ctx) => editInvitation(ctx, { invitationId: id, subject: "Another subject", ...key() });
  }),
  revokeInvitation: ofPartner(async (testContext, owner) => {
    const { id } = await anInvitation(testContext, owner);
    return (ctx) => revokeInvitation(ctx, { invitationId: id, ...key() });
  }),
  acceptInvitation: async (testContext) => {
    const { token } = await anInvitation(testContext, await partner(testContext));
    return { actor: (await aCustomer(testContext)).actor, call: (ctx) => acceptInvitation(ctx, { token }) };
  },
  "acceptInvitation of a new organization": async (testContext) => {
    const { token } = await anInvitation(testContext, await partner(testContext));
    const details = { companyName: "New", domain: `${randomUUID()}.example`, country: "US" };
    return { actor: aProspect(), call: (ctx) => acceptInvitation(ctx, { token, ...details }) };
  },
  declineInvitation: async (testContext) => {
    const { token } = await anInvitation(testContext, await partner(testContext));
    return {
      actor: (await aCustomer(testContext)).actor,
      call: (ctx) => declineInvitation(ctx, { token, ...key() }),
    };
  },
  createCustomer: ofPartner(
    async () => (ctx) =>
      createCustomer(ctx, {
        ...{ companyName: "New", domain: `${randomUUID()}.example`, country: "US" },
        ...{ contactEmail: "someone@shop.example", contactFirstName: "Some", contactLastName: "One" },
        ...key(),
      }),
  ),
  updateCustomer: ofPartner(async (testContext, owner) => {
    const { customer } = await aSale(testContext, owner);
    return (ctx) => updateCustomer(ctx, { customerId: customer.id, companyName: "Renamed", ...key() });
  }),
  removeRelationship: ofPartner(async (testContext, owner) => {
    const { relationship } = await aSale(testContext, owner);
    return (ctx) => removeRelationship(ctx, { relationshipId: relationship.id, ...key() });
  }),
  createSubscription: ofPartner(async (testContext, owner) => {
    const { customer } = await aSale(testContext, owner);
    const offerId = await theOffer(testContext);
    return (ctx) => createSubscription(ctx, { customerId: customer.id, offerId, quantity: 3, ...key() });
  }),
  changeSubscription: ofPartner(async (testContext, owner) => {
    const { id } = await aSold(testContext, owner);
    return (ctx) => changeSubscription(ctx, { subscriptionId: id, quantity: 9, ...key() });
  }),
  suspendSubscription: ofPartner(async (testContext, owner) => {
    const { id } = await aSold(testContext, owner);
    return (ctx) => suspendSubscription(ctx, { subscriptionId: id, ...key() });
  }),
  reactivateSubscription: ofPartner(async (testContext, owner) => {
    const { id } = await aSold(testContext, owner);
    await suspendSubscription(testContext.as(owner.actor), { subscriptionId: id });
    return (ctx) => reactivateSubscription(ctx, { subscriptionId: id, ...key() });
  }),
  cancelSubscription: ofPartner(async (testContext, owner) => {
    const { id } = await aSold(testContext, owner);
    return (ctx) => cancelSubscription(ctx, { subscriptionId: id, ...key() });
  }),
  createUser: ofPartner(
    async () => (ctx) =>
      createUser(ctx, {
        ...{ email: `${randomUUID()}@users.example`, displayName: "New", agentRoles: [], adminRoles: [] },
        ...key(),
      }),
  ),
  updateUser: ofPartner(async (testContext, owner) => {
    const { id } = await aUser(testContext, owner);
    return (ctx) => updateUser(ctx, { userId: id, displayName: "Renamed", ...key() });
  }),
  deactivateUser: ofPartner(async (testContext, owner) => {
    const { id } = await aUser(testContext, owner);
    return (ctx) => deactivateUser(ctx, { userId: id, ...key() });
  }),
  reactivateUser: ofPartner(async (testContext, owner) => {
    const { id } = await aUser(testContext, owner);
    await deactivateUser(testContext.as(owner.actor), { userId: id });
    return (ctx) => reactivateUser(ctx, { userId: id, ...key() });
  }),
  createApiKey: ofPartner(
    async () => (ctx) => createApiKey(ctx, { name: "Key", permissions: ["customer.read"], ...key() }),
  ),
  rotateApiKey: ofPartner(async (testContext, owner) => {
    const { id } = await anApiKey(testContext, owner);
    return (ctx) => rotateApiKey(ctx, { apiKeyId: id, ...key() });
  }),
  revokeApiKey: ofPartner(async (testContext, owner) => {
    const { id } = await anApiKey(testContext, owner);
    return (ctx) => revokeApiKey(ctx, { apiKeyId: id, ...key() });
  }),
  createWebhookEndpoint: ofPartner(async () => (ctx) => createWebhookEndpoint(ctx, { url: URL, ...key() })),
  updateWebhookEndpoint: ofPartner(async (testContext, owner) => {
    const { id } = await anEndpoint(testContext, owner);
    return (ctx) => updateWebhookEndpoint(ctx, { endpointId: id, description: "Another", ...key() });
  }),
  rotateWebhookSecret: ofPartner(async (testContext, owner) => {
    const { id } = await anEndpoint(testContext, owner);
    return (ctx) => rotateWebhookSecret(ctx, { endpointId: id, ...key() });
  }),
  sendTestWebhook: ofPartner(async (testContext, owner) => {
    const { id } = await anEndpoint(testContext, owner);
    return (ctx) => sendTestWebhook(ctx, { endpointId: id, ...key() });
  }),
  retryWebhookDelivery: ofPartner(async (testContext, owner) => {
    await anInvitation(testContext, owner);
    const { id } = await anEndpoint(testContext, owner);
    const deliveryId = await aDelivered(testContext, owner, id);
    return (ctx) => retryWebhookDelivery(ctx, { deliveryId, ...key() });
  }),
  replayWebhook: ofPartner(async (testContext, owner) => {
    await anInvitation(testContext, owner);
    const { id } = await anEndpoint(testContext, owner);
    const after = await cursorOf(testContext, owner);
    return (ctx) => replayWebhook(ctx, { endpointId: id, after, ...key() });
  }),
  disableWebhookEndpoint: ofPartner(async (testContext, owner) => {
    const { id } = await anEndpoint(testContext, owner);
    return (ctx) => disableWebhookEndpoint(ctx, { endpointId: id, ...key() });
  }),
  enableWebhookEndpoint: ofPartner(async (testContext, owner) => {
    const { id } = await anEndpoint(testContext, owner);
    await disableWebhookEndpoint(testContext.as(owner.actor), { endpointId: id });
    return (ctx) => enableWebhookEndpoint(ctx, { endpointId: id, ...key() });
  }),
  deleteWebhookEndpoint: ofPartner(async (testContext, owner) => {
    const { id } = await anEndpoint(testContext, owner);
    // Its log goes with it.
    await sendTestWebhook(testContext.as(owner.actor), { endpointId: id });
    return (ctx) => deleteWebhookEndpoint(ctx, { endpointId: id, ...key() });
  }),
};

const offers = new WeakMap<TestContext, Promise<{ id: string }>>();

/** One offer for all: what they sell is the same. */
async function theOffer(testContext: TestContext): Promise<string> {
  const made = offers.get(testContext) ?? anOffer(testContext);
  offers.set(testContext, made);
  return (await made).id;
}

async function cursorOf(testContext: TestContext, owner: PartnerWithUser): Promise<string> {
  const { pageInfo } = await listEvents(testContext.as(owner.actor), { first: 1 });
  return pageInfo.endCursor ?? "";
}

/** A delivery of an event, as a worker notes one that has failed. */
async function aDelivered(
  testContext: TestContext,
  owner: PartnerWithUser,
  endpointId: string,
): Promise<string> {
  const { delivery } = await sendTestWebhook(testContext.as(owner.actor), { endpointId });
  const [event] = await testContext.eventsOf(owner.partner.id);
  await testContext.system.transaction((tx) =>
    tx.execute(
      "UPDATE webhook_delivery SET outcome = 'FAILED', eventType = ?, eventId = ?, position = ? WHERE id = ?",
      [event?.type ?? "", event?.id ?? "", event?.position ?? 0, delivery.id],
    ),
  );
  return delivery.id;
}

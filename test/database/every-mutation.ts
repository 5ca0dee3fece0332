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
import type { House } from "../support/house";

/** A mutation that is prepared: whoever calls, and the call. */
export interface PreparedCall {
  actor: Actor;
  call(ctx: UseCaseContext): Promise<unknown>;
}

/** Makes organizations that nobody else has to do with, and what the mutation needs there. */
export type Prepare = (house: House) => Promise<PreparedCall>;

const key = () => ({ idempotencyKey: randomUUID() });
const ADMIN = { agent: [AgentRole.ADMIN_AGENT], admin: [AdminRole.GLOBAL_ADMIN] };
const URL = "https://receiver.example/hook";

const partner = (house: House) => aPartner(house, {}, ADMIN);

type OfPartner = (house: House, owner: PartnerWithUser) => Promise<(ctx: UseCaseContext) => Promise<unknown>>;

function ofPartner(prepare: OfPartner): Prepare {
  return async (house) => {
    const owner = await partner(house);
    return { actor: owner.actor, call: await prepare(house, owner) };
  };
}

async function aSale(house: House, seller: PartnerWithUser) {
  const { customer } = await aCustomer(house);
  const relationship = await aRelationship(house, seller.partner, customer);
  return { customer, relationship };
}

async function aSold(house: House, seller: PartnerWithUser) {
  return aSubscription(house, seller, (await aSale(house, seller)).customer);
}

async function aUser(house: House, { actor }: PartnerWithUser) {
  const email = `${randomUUID()}@users.example`;
  return (
    await createUser(house.as(actor), { email, displayName: "Someone", agentRoles: [], adminRoles: [] })
  ).user;
}

async function anEndpoint(house: House, { actor }: PartnerWithUser) {
  return (await createWebhookEndpoint(house.as(actor), { url: URL })).endpoint;
}

async function anApiKey(house: House, { actor }: PartnerWithUser) {
  return (await createApiKey(house.as(actor), { name: "Key", permissions: ["customer.read"] })).apiKey;
}

/** Every mutation of the API, by its name; where one may begin in ways that write other tables, once for each way. */
export const everyMutation: Record<string, Prepare> = {
  inviteCustomer: ofPartner(
    async () => (ctx) => inviteCustomer(ctx, { recipientEmail: `${randomUUID()}@shop.example`, ...key() }),
  ),
  // The address was invited before: the index still has the entry that became free.
  "inviteCustomer again": ofPartner(async (house, owner) => {
    const recipientEmail = `${randomUUID()}@shop.example`;
    const { id } = await anInvitation(house, owner, { recipientEmail });
    await revokeInvitation(house.as(owner.actor), { invitationId: id });
    return (ctx) => inviteCustomer(ctx, { recipientEmail, ...key() });
  }),
  editInvitation: ofPartner(async (house, owner) => {
    const { id } = await anInvitation(house, owner);
    return (ctx) => editInvitation(ctx, { invitationId: id, subject: "Another subject", ...key() });
  }),
  revokeInvitation: ofPartner(async (house, owner) => {
    const { id } = await anInvitation(house, owner);
    return (ctx) => revokeInvitation(ctx, { invitationId: id, ...key() });
  }),
  acceptInvitation: async (house) => {
    const { token } = await anInvitation(house, await partner(house));
    return { actor: (await aCustomer(house)).actor, call: (ctx) => acceptInvitation(ctx, { token }) };
  },
  "acceptInvitation of a new organization": async (house) => {
    const { token } = await anInvitation(house, await partner(house));
    const details = { companyName: "New", domain: `${randomUUID()}.example`, country: "US" };
    return { actor: aProspect(), call: (ctx) => acceptInvitation(ctx, { token, ...details }) };
  },
  declineInvitation: async (house) => {
    const { token } = await anInvitation(house, await partner(house));
    return {
      actor: (await aCustomer(house)).actor,
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
  updateCustomer: ofPartner(async (house, owner) => {
    const { customer } = await aSale(house, owner);
    return (ctx) => updateCustomer(ctx, { customerId: customer.id, companyName: "Renamed", ...key() });
  }),
  removeRelationship: ofPartner(async (house, owner) => {
    const { relationship } = await aSale(house, owner);
    return (ctx) => removeRelationship(ctx, { relationshipId: relationship.id, ...key() });
  }),
  createSubscription: ofPartner(async (house, owner) => {
    const { customer } = await aSale(house, owner);
    const offerId = await theOffer(house);
    return (ctx) => createSubscription(ctx, { customerId: customer.id, offerId, quantity: 3, ...key() });
  }),
  changeSubscription: ofPartner(async (house, owner) => {
    const { id } = await aSold(house, owner);
    return (ctx) => changeSubscription(ctx, { subscriptionId: id, quantity: 9, ...key() });
  }),
  suspendSubscription: ofPartner(async (house, owner) => {
    const { id } = await aSold(house, owner);
    return (ctx) => suspendSubscription(ctx, { subscriptionId: id, ...key() });
  }),
  reactivateSubscription: ofPartner(async (house, owner) => {
    const { id } = await aSold(house, owner);
    await suspendSubscription(house.as(owner.actor), { subscriptionId: id });
    return (ctx) => reactivateSubscription(ctx, { subscriptionId: id, ...key() });
  }),
  cancelSubscription: ofPartner(async (house, owner) => {
    const { id } = await aSold(house, owner);
    return (ctx) => cancelSubscription(ctx, { subscriptionId: id, ...key() });
  }),
  createUser: ofPartner(
    async () => (ctx) =>
      createUser(ctx, {
        ...{ email: `${randomUUID()}@users.example`, displayName: "New", agentRoles: [], adminRoles: [] },
        ...key(),
      }),
  ),
  updateUser: ofPartner(async (house, owner) => {
    const { id } = await aUser(house, owner);
    return (ctx) => updateUser(ctx, { userId: id, displayName: "Renamed", ...key() });
  }),
  deactivateUser: ofPartner(async (house, owner) => {
    const { id } = await aUser(house, owner);
    return (ctx) => deactivateUser(ctx, { userId: id, ...key() });
  }),
  reactivateUser: ofPartner(async (house, owner) => {
    const { id } = await aUser(house, owner);
    await deactivateUser(house.as(owner.actor), { userId: id });
    return (ctx) => reactivateUser(ctx, { userId: id, ...key() });
  }),
  createApiKey: ofPartner(
    async () => (ctx) => createApiKey(ctx, { name: "Key", permissions: ["customer.read"], ...key() }),
  ),
  rotateApiKey: ofPartner(async (house, owner) => {
    const { id } = await anApiKey(house, owner);
    return (ctx) => rotateApiKey(ctx, { apiKeyId: id, ...key() });
  }),
  revokeApiKey: ofPartner(async (house, owner) => {
    const { id } = await anApiKey(house, owner);
    return (ctx) => revokeApiKey(ctx, { apiKeyId: id, ...key() });
  }),
  createWebhookEndpoint: ofPartner(async () => (ctx) => createWebhookEndpoint(ctx, { url: URL, ...key() })),
  updateWebhookEndpoint: ofPartner(async (house, owner) => {
    const { id } = await anEndpoint(house, owner);
    return (ctx) => updateWebhookEndpoint(ctx, { endpointId: id, description: "Another", ...key() });
  }),
  rotateWebhookSecret: ofPartner(async (house, owner) => {
    const { id } = await anEndpoint(house, owner);
    return (ctx) => rotateWebhookSecret(ctx, { endpointId: id, ...key() });
  }),
  sendTestWebhook: ofPartner(async (house, owner) => {
    const { id } = await anEndpoint(house, owner);
    return (ctx) => sendTestWebhook(ctx, { endpointId: id, ...key() });
  }),
  retryWebhookDelivery: ofPartner(async (house, owner) => {
    await anInvitation(house, owner);
    const { id } = await anEndpoint(house, owner);
    const deliveryId = await aDelivered(house, owner, id);
    return (ctx) => retryWebhookDelivery(ctx, { deliveryId, ...key() });
  }),
  replayWebhook: ofPartner(async (house, owner) => {
    await anInvitation(house, owner);
    const { id } = await anEndpoint(house, owner);
    const after = await cursorOf(house, owner);
    return (ctx) => replayWebhook(ctx, { endpointId: id, after, ...key() });
  }),
  disableWebhookEndpoint: ofPartner(async (house, owner) => {
    const { id } = await anEndpoint(house, owner);
    return (ctx) => disableWebhookEndpoint(ctx, { endpointId: id, ...key() });
  }),
  enableWebhookEndpoint: ofPartner(async (house, owner) => {
    const { id } = await anEndpoint(house, owner);
    await disableWebhookEndpoint(house.as(owner.actor), { endpointId: id });
    return (ctx) => enableWebhookEndpoint(ctx, { endpointId: id, ...key() });
  }),
  deleteWebhookEndpoint: ofPartner(async (house, owner) => {
    const { id } = await anEndpoint(house, owner);
    // Its log goes with it.
    await sendTestWebhook(house.as(owner.actor), { endpointId: id });
    return (ctx) => deleteWebhookEndpoint(ctx, { endpointId: id, ...key() });
  }),
};

const offers = new WeakMap<House, Promise<{ id: string }>>();

/** One offer for all: what they sell is the same. */
async function theOffer(house: House): Promise<string> {
  const made = offers.get(house) ?? anOffer(house);
  offers.set(house, made);
  return (await made).id;
}

async function cursorOf(house: House, owner: PartnerWithUser): Promise<string> {
  const { pageInfo } = await listEvents(house.as(owner.actor), { first: 1 });
  return pageInfo.endCursor ?? "";
}

/** A delivery of an event, as a worker notes one that has failed. */
async function aDelivered(house: House, owner: PartnerWithUser, endpointId: string): Promise<string> {
  const { delivery } = await sendTestWebhook(house.as(owner.actor), { endpointId });
  const [event] = await house.eventsOf(owner.partner.id);
  await house.system.transaction((tx) =>
    tx.execute(
      "UPDATE webhook_delivery SET outcome = 'FAILED', eventType = ?, eventId = ?, position = ? WHERE id = ?",
      [event?.type ?? "", event?.id ?? "", event?.position ?? 0, delivery.id],
    ),
  );
  return delivery.id;
}

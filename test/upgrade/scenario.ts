import type { Data, ReleaseApi } from "./release-api";

/** What later versions need of a release's time besides its database: secrets that were shown once, and ids by a word. */
export interface Told {
  /** The tokens in invitation links. */
  links: Record<string, string>;
  apiKeys: Record<string, string>;
  webhookSecrets: Record<string, string>;
  ids: Record<string, string>;
  /** Mutations that were done with an idempotency key, and their payloads. */
  repeatable: { person: string; field: string; input: object; selection: string; payload: Data }[];
}

/** Where the webhooks of the story go: one address that takes them, one that fails. */
export interface ScenarioReceivers {
  good: string;
  bad: string;
}

const AGENT = "direct-agent";
const ADMIN = "direct-admin";

/** What happens a hundred days before the fixture is made. */
export async function beforeTimePasses(
  api: ReleaseApi,
  told: Told,
  receivers: ScenarioReceivers,
): Promise<void> {
  const offers = await offersOf(api);
  await invite(api, told, "expires", { recipientEmail: "late@example.com", expiresInDays: 30 });
  const old = await customer(api, told, "old", {
    companyName: "Żółw Łódź 東京",
    contactPhone: "+12065550123",
  });
  await buy(api, told, "renews", { customerId: old, offerId: offers["PG-COMPUTE"], quantity: 1 });
  await buy(api, told, "ends", { customerId: old, offerId: offers["PG-WORKPLACE-TRIAL"], quantity: 25 });
  const cancelled = await buy(api, told, "cancelled", {
    customerId: old,
    offerId: offers["PG-WORKPLACE"],
    quantity: 7,
  });
  await api.mutate(
    AGENT,
    "changeSubscription",
    { subscriptionId: cancelled, quantity: 5 },
    "subscription { id }",
  );
  await api.mutate(AGENT, "cancelSubscription", { subscriptionId: cancelled }, "subscription { id }");
  await endpoint(api, told, "good", { url: receivers.good, description: "takes everything" });
  await endpoint(api, told, "bad", {
    url: receivers.bad,
    eventTypes: ["INVITATION_ACCEPTED", "CUSTOMER_ADDED"],
  });
  await addUsers(api, told);
}

/** What happens on the day when the fixture is made. */
export async function afterTimePassed(api: ReleaseApi, told: Told): Promise<void> {
  const offers = await offersOf(api);
  await invitationsInEveryState(api, told);
  await relationshipThatEnds(api, told, offers);
  await apiKeys(api, told);
  await endpoint(api, told, "ofOneCustomer", { url: "http://127.0.0.1:9/", customerId: told.ids.old });
  await api.mutate(
    ADMIN,
    "disableWebhookEndpoint",
    { endpointId: told.ids.ofOneCustomer },
    "endpoint { id }",
  );
  await api.mutate(ADMIN, "rotateWebhookSecret", { endpointId: told.ids.bad, overlapHours: 24 }, "secret");
  await buy(api, told, "fresh", { customerId: told.ids.old, offerId: offers["PG-WORKPLACE"], quantity: 9 });
  const suspended = await buy(api, told, "suspended", {
    customerId: told.ids.old,
    offerId: offers["PG-WORKPLACE-PLUS"],
    quantity: 12,
  });
  await api.mutate(AGENT, "suspendSubscription", { subscriptionId: suspended }, "subscription { id }");
  await repeatably(
    api,
    told,
    "createCustomer",
    { ...newCustomer("repeated"), idempotencyKey: "story-1" },
    "customer { id companyName }",
  );
  await repeatably(
    api,
    told,
    "inviteCustomer",
    { recipientEmail: "key@example.com", idempotencyKey: "story-2" },
    "invitation { id } link",
  );
}

async function invitationsInEveryState(api: ReleaseApi, told: Told): Promise<void> {
  await invite(api, told, "pending", { recipientEmail: "wartet@example.com", subject: "Grüße 👋" });
  const edited = await invite(api, told, "edited", { recipientEmail: "edited@example.com" });
  await api.mutate(
    AGENT,
    "editInvitation",
    { invitationId: edited, body: "Please come: {{link}}" },
    "invitation { id }",
  );
  const revoked = await invite(api, told, "revoked", { recipientEmail: "revoked@example.com" });
  await api.mutate(AGENT, "revokeInvitation", { invitationId: revoked }, "invitation { id }");
  await invite(api, told, "declined", { recipientEmail: "no@example.com" });
  await api.mutate(
    "customer-admin-2",
    "declineInvitation",
    { token: told.links.declined },
    "invitation { id }",
  );
  await invite(api, told, "accepted", { recipientEmail: "yes@example.com" });
  await api.mutate(
    "customer-admin-1",
    "acceptInvitation",
    { token: told.links.accepted },
    "invitation { id }",
  );
  await invite(api, told, "reusable", { reusable: true });
  const company = { companyName: "Tiny Lighthouse", domain: "tinylighthouse.example", country: "US" };
  await api.mutate(
    "newcomer-admin",
    "acceptInvitation",
    { token: told.links.reusable, ...company },
    "invitation { id }",
  );
  const { viewer } = await api.ask("provider-agent", "{ viewer { partner { id } } }");
  const both = { recipientEmail: "both@example.com", indirectProviderId: viewer.partner.id };
  await invite(api, told, "ofTwo", both, "reseller-agent");
  await api.mutate("customer-admin-1", "acceptInvitation", { token: told.links.ofTwo }, "invitation { id }");
  await api.refused(
    "customer-admin-2",
    "acceptInvitation",
    { token: told.links.accepted },
    "INVITATION_NOT_FOUND",
  );
}

async function relationshipThatEnds(
  api: ReleaseApi,
  told: Told,
  offers: Record<string, string>,
): Promise<void> {
  const customerId = await customer(api, told, "left");
  const subscriptionId = await buy(api, told, "ofWhoLeft", {
    customerId,
    offerId: offers["PG-WORKPLACE"],
    quantity: 3,
  });
  const { customer: found } = await api.ask(
    AGENT,
    "query ($id: ID!) { customer(id: $id) { relationships { id } } }",
    { id: customerId },
  );
  const relationshipId: string = found.relationships[0].id;
  told.ids.removedRelationship = relationshipId;
  await api.refused(AGENT, "removeRelationship", { relationshipId }, "RELATIONSHIP_HAS_BLOCKERS");
  await api.mutate(AGENT, "suspendSubscription", { subscriptionId }, "subscription { id }");
  await api.mutate(AGENT, "removeRelationship", { relationshipId }, "relationship { id }");
}

async function apiKeys(api: ReleaseApi, told: Told): Promise<void> {
  for (const name of ["used", "rotated", "revoked"]) {
    const input = { name, permissions: ["customer.read", "event.read"] };
    const { secret, apiKey } = await api.mutate(ADMIN, "createApiKey", input, "secret apiKey { id }");
    [told.apiKeys[name], told.ids[`key ${name}`]] = [secret, apiKey.id];
  }
  await api.ask(told.apiKeys.used ?? "", "{ customers(first: 1) { totalCount } }");
  const rotation = { apiKeyId: told.ids["key rotated"], overlapHours: 24 };
  const { secret } = await api.mutate(ADMIN, "rotateApiKey", rotation, "secret");
  told.apiKeys.rotatedTo = secret;
  await api.mutate(ADMIN, "revokeApiKey", { apiKeyId: told.ids["key revoked"] }, "apiKey { id }");
}

async function addUsers(api: ReleaseApi, told: Told): Promise<void> {
  for (const name of ["invited", "deactivated"]) {
    const input = {
      email: `${name}@alpinecloud.example`,
      displayName: `Ünsal ${name}`,
      agentRoles: ["SALES_AGENT"],
    };
    told.ids[name] = (await api.mutate(ADMIN, "createUser", input, "user { id }")).user.id;
  }
  await api.mutate(
    ADMIN,
    "updateUser",
    { userId: told.ids.invited, agentRoles: ["HELPDESK_AGENT"] },
    "user { id }",
  );
  await api.mutate(ADMIN, "deactivateUser", { userId: told.ids.deactivated }, "user { id }");
}

async function offersOf(api: ReleaseApi): Promise<Record<string, string>> {
  const { offers } = await api.ask(AGENT, '{ offers(first: 50, country: "US") { nodes { id catalogId } } }');
  return Object.fromEntries(offers.nodes.map(({ id, catalogId }: Record<string, string>) => [catalogId, id]));
}

async function invite(
  api: ReleaseApi,
  told: Told,
  word: string,
  input: object,
  person = AGENT,
): Promise<string> {
  const { invitation, link } = await api.mutate(person, "inviteCustomer", input, "invitation { id } link");
  told.links[word] = link.split("#")[1];
  return (told.ids[word] = invitation.id);
}

function newCustomer(word: string): object {
  return {
    companyName: `Customer ${word}`,
    domain: `${word}.example`,
    country: "US",
    contactEmail: `office@${word}.example`,
  };
}

async function customer(api: ReleaseApi, told: Told, word: string, more: object = {}): Promise<string> {
  const input = { ...newCustomer(word), ...more };
  return (told.ids[word] = (await api.mutate(AGENT, "createCustomer", input, "customer { id }")).customer.id);
}

async function buy(api: ReleaseApi, told: Told, word: string, input: object): Promise<string> {
  const { subscription } = await api.mutate(AGENT, "createSubscription", input, "subscription { id }");
  return (told.ids[word] = subscription.id);
}

async function endpoint(api: ReleaseApi, told: Told, word: string, input: object): Promise<void> {
  const payload = await api.mutate(ADMIN, "createWebhookEndpoint", input, "secret endpoint { id }");
  [told.webhookSecrets[word], told.ids[word]] = [payload.secret, payload.endpoint.id];
}

async function repeatably(
  api: ReleaseApi,
  told: Told,
  field: string,
  input: object,
  selection: string,
): Promise<void> {
  const payload = await api.mutate(AGENT, field, input, selection);
  told.repeatable.push({ person: AGENT, field, input, selection, payload });
}

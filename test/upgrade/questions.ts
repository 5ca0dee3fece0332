const PARTNER = "id name programmeRole country cloud domain";
const RELATIONSHIP = "id kind status partnerId customerId establishedAt removedAt version";
const SUBSCRIPTION = `id customerId offerName friendlyName quantity unitType status suspensionReasons autoRenewEnabled isTrial
  billingType billingCycle termDuration startsAt termEndsAt createdAt version
  cancellationAllowedUntil refundableQuantity { totalQuantity details { quantity allowedUntil } }
  partner { id } reseller { id } offer { id catalogId }`;
const PAGE = "totalCount pageInfo { hasNextPage startCursor endCursor }";
const CUSTOMER = `id tenantId companyName domain country cloud since version contactEmail contactPhone contactFirstName
  contactMiddleName contactLastName registrationNumber relationships { ${RELATIONSHIP} }
  removalBlockers { subscriptionId quantity } subscriptions(first: 10) { totalCount nodes { id } }`;
const EVENT = "id type version position cursor occurredAt actorId requestId";

/** What is asked of a release when its fixture is made, and of every later version when it has opened that database. */
export const questions: Record<string, string> = {
  viewer: `{ viewer { kind displayName email tenantId permissions agentRoles adminRoles newestEventCursor
    partner { ${PARTNER} indirectProviders { id } } customer { id companyName } user { id status } } }`,
  customers: `{ customers(first: 20) { ${PAGE} nodes { ${CUSTOMER} } } }`,
  search: `{ customers(first: 10, filter: { companyNameStartsWith: "e" }, orderBy: { field: COMPANY_NAME, direction: ASC }) { ${PAGE} nodes { id } } }`,
  invitations: `{ invitations(first: 100) { ${PAGE} nodes { id status subject body recipientEmail reusable customerId expiresAt
    endedAt createdAt version partner { id } provider { id } } } }`,
  relationships: `{ relationships(first: 100) { ${PAGE} nodes { ${RELATIONSHIP} invitation { id } } } }`,
  subscriptions: `{ subscriptions(first: 100) { ${PAGE} nodes { ${SUBSCRIPTION} } } }`,
  offers: `{ offers(first: 100) { ${PAGE} nodes { id catalogId country locale name description minimumQuantity maximumQuantity
    termDuration supportedBillingCycles prerequisiteCatalogIds } } }`,
  events: `{ events(first: 200) { ${PAGE} nodes { ${EVENT} } } }`,
  activityLog: `{ activityLog(first: 200) { ${PAGE} nodes { id sequence occurredAt actorId actorName operation outcome errorCode
    resourceType resourceId customerId customerName oldValues newValues requestId previousHash hash } } }`,
  users: `{ users(first: 100) { ${PAGE} nodes { id displayName email status agentRoles adminRoles createdAt version } } }`,
  apiKeys: `{ apiKeys(first: 100) { ${PAGE} nodes { id name permissions status expiresAt lastUsedAt createdBy revokedAt version
    secrets { lastCharacters createdAt expiresAt } } } }`,
  webhookEndpoints: `{ webhookEndpoints(first: 10) { ${PAGE} nodes { id url description eventTypes customerId status disabledReason
    disabledAt deliveredPosition deliveredCursor attempt nextAttemptAt failingSince createdBy version secrets { createdAt expiresAt }
    deliveries(first: 50) { totalCount nodes { id eventId eventType position attempt outcome statusCode error createdAt
      startedAt nextAttemptAt responseExcerpt requestedBy } } } } }`,
};

const FOR_AGENTS = [
  "viewer",
  "customers",
  "search",
  "invitations",
  "relationships",
  "subscriptions",
  "events",
];
const FOR_ADMINS = ["viewer", "users", "apiKeys", "webhookEndpoints", "activityLog", "relationships"];

/** Who is asked what. Business things are an agent's, users, keys and webhooks an administrator's. */
export const asked: Record<string, string[]> = {
  "direct-agent": [...FOR_AGENTS, "offers"],
  "provider-agent": FOR_AGENTS,
  "reseller-agent": FOR_AGENTS,
  "direct-admin": FOR_ADMINS,
  "customer-admin-1": ["viewer", "relationships", "users", "events", "activityLog"],
  "newcomer-admin": ["viewer", "relationships", "users"],
};

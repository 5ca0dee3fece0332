import type { Data } from "./release-api";
import type { ReleaseFacts } from "./release-fixture";

/** A mutation of something that a release left. */
export interface Change {
  person: string;
  field: string;
  input: object;
  selection: string;
}

type Ask = (person: string, document: string, variables?: object) => Promise<Data>;

const AGENT = "direct-agent";
const ADMIN = "direct-admin";

/** Every mutation that the first release had, on rows that the release of the fixture wrote; in an order in which all are allowed. */
export async function changesToOldRows(facts: ReleaseFacts, ask: Ask): Promise<Change[]> {
  const { ids, links, answers } = facts;
  const { customer } = await ask(
    AGENT,
    "query ($id: ID!) { customer(id: $id) { id relationships { id } } }",
    {
      id: facts.repeatable[0]?.payload.customer.id,
    },
  );
  const endpoints = answers[ADMIN]?.webhookEndpoints.webhookEndpoints.nodes as Data[];
  const failed = endpoints.find(({ id }) => id === ids.bad).deliveries.nodes[0];
  const done = endpoints.find(({ id }) => id === ids.good);
  const offerId = answers[AGENT]?.subscriptions.subscriptions.nodes.find(({ id }: Data) => id === ids.fresh)
    .offer.id;
  const byAgent = (field: string, selection: string, input: object) => ({
    person: AGENT,
    field,
    input,
    selection,
  });
  const byAdmin = (field: string, selection: string, input: object) => ({
    person: ADMIN,
    field,
    input,
    selection,
  });
  const [invitation, subscription] = ["invitation { id }", "subscription { id }"];
  const [user, apiKey, endpoint] = ["user { id }", "apiKey { id }", "endpoint { id }"];
  const byOther = (person: string, field: string, token: string | undefined) => ({
    ...{ person, field, selection: invitation, input: { token } },
  });
  return [
    byAgent("inviteCustomer", invitation, { recipientEmail: "later@example.com" }),
    byAgent("editInvitation", invitation, { invitationId: ids.edited, subject: "Another subject" }),
    byAgent("revokeInvitation", invitation, { invitationId: ids.edited }),
    byOther("customer-admin-2", "acceptInvitation", links.pending),
    byOther("customer-admin-2", "declineInvitation", facts.repeatable[1]?.payload.link.split("#")[1]),
    byAgent("createCustomer", "customer { id }", {
      ...{
        companyName: "Later",
        domain: "later.example",
        country: "US",
        contactEmail: "office@later.example",
      },
    }),
    byAgent("updateCustomer", "customer { id }", { customerId: ids.old, companyName: "Renamed later" }),
    byAgent("createSubscription", subscription, { customerId: ids.old, offerId, quantity: 4 }),
    byAgent("changeSubscription", subscription, { subscriptionId: ids.fresh, quantity: 11 }),
    byAgent("suspendSubscription", subscription, { subscriptionId: ids.renews }),
    byAgent("reactivateSubscription", subscription, { subscriptionId: ids.suspended }),
    byAgent("cancelSubscription", subscription, { subscriptionId: ids.fresh }),
    byAgent("removeRelationship", "relationship { id }", { relationshipId: customer.relationships[0].id }),
    byAdmin("createUser", user, { email: "later@alpinecloud.example", displayName: "Later" }),
    byAdmin("updateUser", user, { userId: ids.invited, displayName: "Renamed" }),
    byAdmin("deactivateUser", user, { userId: ids.invited }),
    byAdmin("reactivateUser", user, { userId: ids.deactivated }),
    byAdmin("createApiKey", apiKey, { name: "later", permissions: ["customer.read"] }),
    byAdmin("rotateApiKey", apiKey, { apiKeyId: ids["key used"] }),
    byAdmin("revokeApiKey", apiKey, { apiKeyId: ids["key rotated"] }),
    byAdmin("createWebhookEndpoint", endpoint, { url: "http://127.0.0.1:9/later" }),
    byAdmin("updateWebhookEndpoint", endpoint, { endpointId: ids.good, description: "changed later" }),
    byAdmin("enableWebhookEndpoint", endpoint, { endpointId: ids.ofOneCustomer }),
    byAdmin("disableWebhookEndpoint", endpoint, { endpointId: ids.ofOneCustomer }),
    byAdmin("rotateWebhookSecret", endpoint, { endpointId: ids.good }),
    byAdmin("replayWebhook", endpoint, { endpointId: ids.good, after: done.deliveredCursor }),
    byAdmin("retryWebhookDelivery", "delivery { id }", { deliveryId: failed.id }),
    byAdmin("sendTestWebhook", "delivery { id }", { endpointId: ids.good }),
    byAdmin("deleteWebhookEndpoint", "deletedEndpointId", { endpointId: ids.ofOneCustomer }),
  ];
}

import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { Invitation } from "../../entities/invitations/invitation";
import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { ApiKey } from "../../entities/identity/api-key";
import { Subscription } from "../../entities/subscriptions/subscription";
import { User } from "../../entities/identity/user";
import { randomUUID } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import { newId } from "../../src/values/ids";

/** Inputs of every mutation. `succeeds` tells whether the n-th call of it does its work, or is refused. */
export interface MutationSample {
  succeeds: boolean;
  input: (n: number) => object;
}

const text = (what: string) => `${what} ${randomUUID()}`;
const email = () => `${randomUUID()}@elsewhere.example`;

/** What each mutation is sent, by its name. Those that need a row of their own each time are sent an id that no row has. */
export function mutationSamples(ids: Record<string, string>): Record<string, MutationSample> {
  const works = (input: (n: number) => object): MutationSample => ({ succeeds: true, input });
  const refused = (input: object): MutationSample => ({ succeeds: false, input: () => input });
  const noToken = { token: "A".repeat(43) };
  const noEndpoint = { endpointId: newId(WebhookEndpoint) };
  const noSubscription = { subscriptionId: newId(Subscription) };
  return {
    acceptInvitation: refused(noToken),
    declineInvitation: refused(noToken),
    inviteCustomer: works(() => ({ recipientEmail: email() })),
    editInvitation: works(() => ({ invitationId: ids.Invitation, subject: text("Subject") })),
    revokeInvitation: refused({ invitationId: newId(Invitation) }),
    createCustomer: works((n) => ({
      companyName: text("Company"),
      domain: `${randomUUID()}.example`,
      country: "US",
      contactEmail: `someone-${n}@elsewhere.example`,
    })),
    updateCustomer: works(() => ({ customerId: ids.Customer, contactFirstName: text("Kim") })),
    removeRelationship: refused({ relationshipId: newId(ResellerRelationship) }),
    createSubscription: works(() => ({ customerId: ids.Customer, offerId: ids.Offer, quantity: 1 })),
    changeSubscription: works((n) => ({
      subscriptionId: ids.CustomerSubscription,
      friendlyName: `Name ${n}`,
    })),
    suspendSubscription: refused(noSubscription),
    reactivateSubscription: refused(noSubscription),
    cancelSubscription: refused(noSubscription),
    createUser: works(() => ({ email: email(), displayName: "Kim" })),
    updateUser: works(() => ({ userId: ids.User, displayName: text("Kim") })),
    deactivateUser: refused({ userId: newId(User) }),
    reactivateUser: refused({ userId: newId(User) }),
    createApiKey: works(() => ({ name: text("Key"), permissions: ["customer.read"] })),
    rotateApiKey: works(() => ({ apiKeyId: ids.ApiKey })),
    revokeApiKey: refused({ apiKeyId: newId(ApiKey) }),
    createWebhookEndpoint: refused({ url: "https://127.0.0.1/" }),
    updateWebhookEndpoint: refused({ ...noEndpoint, description: "None" }),
    deleteWebhookEndpoint: refused(noEndpoint),
    disableWebhookEndpoint: refused(noEndpoint),
    enableWebhookEndpoint: refused(noEndpoint),
    rotateWebhookSecret: refused(noEndpoint),
    sendTestWebhook: refused(noEndpoint),
    replayWebhook: refused({ ...noEndpoint, after: "none" }),
    retryWebhookDelivery: refused({ deliveryId: newId(WebhookDelivery) }),
  };
}

/**
 * The document of each mutation of the schema, which asks for nothing but the codes of what was refused.
 * @throws Error a mutation has no sample
 */
export function mutationDocuments(
  schema: GraphQLSchema,
  samples: Record<string, MutationSample>,
): { name: string; query: string; sample: MutationSample }[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).map(({ name, args }) => {
    const sample = samples[name];
    if (!sample) throw new Error(`bench/cost/mutations.ts has no sample for ${name}`);
    const query = `mutation ($input: ${String(args[0]?.type)}) { ${name}(input: $input) { userErrors { code } } }`;
    return { name: `${name}${sample.succeeds ? "" : " (refused)"}`, query, sample };
  });
}

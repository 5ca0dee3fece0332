import type { Permission } from "../access/permissions";
import type {
  AcceptedInvitationEventPayload,
  AnsweredInvitationEventPayload,
  ApiKeyEventPayload,
  ChangedSubscriptionEventPayload,
  CustomerEventPayload,
  InvitationEventPayload,
  RelationshipEventPayload,
  SubscriptionEventPayload,
  UserEventPayload,
  WebhookEventPayload,
} from "./event-payloads";

/** What one fact of an event means. */
export interface FactMeaning {
  /** For the schema and docs/events.md. */
  meaning: string;
  /** Its field in the schema, where that bears another name because another event's field has another type. */
  field?: string;
  /** What a reader needs besides the right to read events; for others the fact is null (see visibleEvent). */
  permission?: Permission;
  /** Another fact of the event: the id of the only organization that reads this one. */
  onlyFor?: string;
}

/** What each fact of an event means: every fact is there, and nothing else. */
export type PayloadFieldDocs<Facts> = {
  readonly [Name in keyof Facts]-?: FactMeaning & { onlyFor?: keyof Facts & string };
};

/** A fact's meaning with who may read it, where that is not every reader of the event. */
export function meaningWithReaders({ meaning, permission, onlyFor }: FactMeaning): string {
  if (permission) return `${meaning} Null without the permission \`${permission}\`, and in webhooks.`;
  return onlyFor ? `${meaning} Null for every organization but the one of \`${onlyFor}\`.` : meaning;
}

/** Of every event about an invitation. */
export const INVITATION: PayloadFieldDocs<InvitationEventPayload> = {
  invitationId: { meaning: "The invitation's id." },
  partnerId: { meaning: "The inviting partner's id." },
  partnerName: { meaning: "The inviting partner's name." },
  providerId: { meaning: "The indirect provider's id, where the link binds the customer to it too." },
  recipientEmail: { meaning: "Whom the draft was addressed to.", onlyFor: "partnerId" },
  reusable: { meaning: "Whether any number of customers may accept it." },
};

/** Of an invitation that was declined. */
export const ANSWERED_INVITATION: PayloadFieldDocs<AnsweredInvitationEventPayload> = {
  ...INVITATION,
  customerId: {
    field: "answeredByCustomerId",
    meaning: "The customer's id; null where the organization is not known here.",
  },
  companyName: {
    field: "answeredByCompanyName",
    meaning: "The customer's company name; null where it is not known here.",
  },
  domain: {
    field: "answeredByDomain",
    meaning: "The customer's primary domain; null where it is not known here.",
  },
};

/** Of an invitation that was accepted. */
export const ACCEPTED_INVITATION: PayloadFieldDocs<AcceptedInvitationEventPayload> = {
  ...INVITATION,
  customerId: { meaning: "The customer's id." },
  companyName: { meaning: "The customer's company name." },
  domain: { meaning: "The customer's primary domain." },
  relationshipIds: { meaning: "The relationships that it made, the inviting partner's first." },
};

/** Of every event about a relationship. */
export const RELATIONSHIP: PayloadFieldDocs<RelationshipEventPayload> = {
  relationshipId: { meaning: "The relationship's id." },
  partnerId: { meaning: "The partner's id." },
  partnerName: { meaning: "The partner's name." },
  customerId: { meaning: "The customer's id." },
  companyName: { meaning: "The customer's own company name; the partner may call it otherwise in its list." },
  domain: { meaning: "The customer's primary domain." },
  invitationId: {
    field: "establishedByInvitationId",
    meaning: "The invitation that established it last; null when the partner created the customer.",
  },
};

/** Of every event about a customer. */
export const CUSTOMER: PayloadFieldDocs<CustomerEventPayload> = {
  customerId: { meaning: "The customer's id." },
  partnerId: { meaning: "The partner's id." },
  companyName: { meaning: "The company name in the partner's list." },
  domain: { meaning: "The customer's primary domain." },
};

/** Of every event about a subscription. */
export const SUBSCRIPTION: PayloadFieldDocs<SubscriptionEventPayload> = {
  subscriptionId: { meaning: "The subscription's id." },
  customerId: { meaning: "The customer's id." },
  partnerId: { meaning: "Id of the partner that sold it." },
  resellerId: { meaning: "The indirect reseller of record's id." },
  offerId: { meaning: "The offer's id." },
  offerName: { meaning: "Name of the offer." },
  quantity: { meaning: "How many." },
  status: { meaning: "Its status then." },
  termEndsAt: { meaning: "The last millisecond of its term, as it was then." },
  autoRenewEnabled: { meaning: "Whether it was to renew itself when its term ends." },
};

/** Of a subscription that was changed. */
export const CHANGED_SUBSCRIPTION: PayloadFieldDocs<ChangedSubscriptionEventPayload> = {
  ...SUBSCRIPTION,
  previousQuantity: { meaning: "How many there were before; null when that did not change." },
};

/** Of every event about a user. */
export const USER: PayloadFieldDocs<UserEventPayload> = {
  userId: { meaning: "The user's id." },
  email: { meaning: "The user's e-mail address.", permission: "user.read" },
  displayName: { meaning: "The user's name." },
  agentRoles: { meaning: "Its agent roles then.", permission: "user.read" },
  adminRoles: { meaning: "Its admin roles then.", permission: "user.read" },
};

/** Of every event about an API key. */
export const API_KEY: PayloadFieldDocs<ApiKeyEventPayload> = {
  apiKeyId: { meaning: "The API key's id." },
  name: { meaning: "The API key's name." },
  permissions: { meaning: "The permissions that it was given.", permission: "api-key.read" },
  expiresAt: { meaning: "When it ends by itself; null when it does not.", permission: "api-key.read" },
};

/** Of every event about a webhook endpoint. */
export const WEBHOOK: PayloadFieldDocs<WebhookEventPayload> = {
  webhookEndpointId: { meaning: "The endpoint's id." },
  host: { meaning: "Host of its address." },
  description: { meaning: "What your organization wrote about it." },
  reason: { meaning: "Why it was disabled." },
};

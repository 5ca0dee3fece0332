/** What every event about an invitation tells. */
export interface InvitationEventPayload {
  invitationId: string;
  partnerId: string;
  partnerName: string;
  providerId: string | null;
  recipientEmail: string | null;
  reusable: boolean;
}

/** What an answered invitation tells besides: who answered. Of an organization that stays unknown there is no id. */
export interface AnsweredInvitationEventPayload extends InvitationEventPayload {
  customerId: string | null;
  companyName: string | null;
  domain: string | null;
}

/** What an accepted invitation tells besides: the relationships it made, one a partner. */
export interface AcceptedInvitationEventPayload extends AnsweredInvitationEventPayload {
  customerId: string;
  companyName: string;
  domain: string;
  relationshipIds: string[];
}

/** What every event about a relationship tells: who and whom, as they were then. */
export interface RelationshipEventPayload {
  relationshipId: string;
  partnerId: string;
  partnerName: string;
  customerId: string;
  companyName: string;
  domain: string;
  invitationId: string | null;
}

/** What every event about a customer tells. */
export interface CustomerEventPayload {
  customerId: string;
  partnerId: string;
  companyName: string;
  domain: string;
}

/** What every event about a subscription tells. */
export interface SubscriptionEventPayload {
  subscriptionId: string;
  customerId: string;
  partnerId: string;
  resellerId: string | null;
  offerId: string;
  offerName: string;
  quantity: number;
  status: string;
  termEndsAt: string;
  autoRenewEnabled: boolean;
}

/** What a changed subscription tells besides: how many there were, where that is what changed. */
export interface ChangedSubscriptionEventPayload extends SubscriptionEventPayload {
  previousQuantity: number | null;
}

/** What every event about a user tells. */
export interface UserEventPayload {
  userId: string;
  email: string | null;
  displayName: string;
  agentRoles: string[];
  adminRoles: string[];
}

/** What every event about an API key tells; never its secret. */
export interface ApiKeyEventPayload {
  apiKeyId: string;
  name: string;
  permissions: string[];
  expiresAt: string | null;
}

/** What an event about a webhook endpoint tells; never its secrets, nor the whole address, which may hold one. */
export interface WebhookEventPayload {
  webhookEndpointId: string;
  host: string;
  description: string;
  reason: string;
}

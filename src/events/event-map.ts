/** What every event about an invitation tells. */
export interface InvitationFacts {
  invitationId: string;
  partnerId: string;
  partnerName: string;
  providerId: string | null;
  recipientEmail: string | null;
  reusable: boolean;
}

/** What an answered invitation tells besides: who answered. Of an organization that stays unknown there is no id. */
export interface AnsweredInvitationFacts extends InvitationFacts {
  customerId: string | null;
  companyName: string | null;
  domain: string | null;
}

/** What an accepted invitation tells besides: the relationships it made, one a partner. */
export interface AcceptedInvitationFacts extends AnsweredInvitationFacts {
  customerId: string;
  companyName: string;
  domain: string;
  relationshipIds: string[];
}

/** What every event about a relationship tells: who and whom, as they were then. */
export interface RelationshipFacts {
  relationshipId: string;
  partnerId: string;
  partnerName: string;
  customerId: string;
  companyName: string;
  domain: string;
  invitationId: string | null;
}

/** What every event about a customer tells. */
export interface CustomerFacts {
  customerId: string;
  partnerId: string;
  companyName: string;
  domain: string;
}

/** What every event about a subscription tells. */
export interface SubscriptionFacts {
  subscriptionId: string;
  customerId: string;
  partnerId: string;
  resellerId: string | null;
  offerId: string;
  offerName: string;
  quantity: number;
  status: string;
}

/** What every event about a user tells. */
export interface UserFacts {
  userId: string;
  email: string | null;
  displayName: string;
  agentRoles: string[];
  adminRoles: string[];
}

/** What every event about an API key tells; never its secret. */
export interface ApiKeyFacts {
  apiKeyId: string;
  name: string;
  permissions: string[];
  expiresAt: string | null;
}

/** What an event about a webhook endpoint tells; never its secrets, nor the whole address, which may hold one. */
export interface WebhookFacts {
  webhookEndpointId: string;
  host: string;
  description: string;
  reason: string;
}

/** Every event there is, with the facts it holds. */
export interface EventMap {
  "invitation.sent": InvitationFacts;
  "invitation.edited": InvitationFacts;
  "invitation.revoked": InvitationFacts;
  "invitation.declined": AnsweredInvitationFacts;
  "invitation.accepted": AcceptedInvitationFacts;
  "relationship.established": RelationshipFacts;
  "relationship.removed": RelationshipFacts;
  "customer.added": CustomerFacts;
  "customer.updated": CustomerFacts;
  "subscription.created": SubscriptionFacts;
  "subscription.suspended": SubscriptionFacts;
  "subscription.reactivated": SubscriptionFacts;
  "user.added": UserFacts;
  "user.joined": UserFacts;
  "user.updated": UserFacts;
  "user.deactivated": UserFacts;
  "user.reactivated": UserFacts;
  "api-key.created": ApiKeyFacts;
  "api-key.rotated": ApiKeyFacts;
  "api-key.revoked": ApiKeyFacts;
  "webhook.disabled": WebhookFacts;
}

/** The name of an event: `area.verb` in the past tense. */
export type EventType = keyof EventMap;

/** What each event means, for the schema and docs/events.md. */
export const eventMeanings: Record<EventType, string> = {
  "invitation.sent": "A partner made an invitation and got its link.",
  "invitation.edited": "A partner changed the draft e-mail of a pending invitation.",
  "invitation.revoked": "A partner took a pending invitation back; its link no longer works.",
  "invitation.declined": "A Global admin of the customer declined the invitation.",
  "invitation.accepted":
    "A Global admin of the customer accepted the invitation; its relationships are active.",
  "relationship.established":
    "A customer has a new reseller relationship, or one that was removed is active again.",
  "relationship.removed": "A partner removed its relationship; the customer has left the partner's list.",
  "customer.added": "A partner created a customer.",
  "customer.updated": "A partner changed what it keeps about a customer.",
  "subscription.created": "A partner bought a subscription for a customer.",
  "subscription.suspended": "A subscription was suspended; its users have no access.",
  "subscription.reactivated": "A suspended subscription is active again.",
  "user.added": "An administrator added a user; it may sign in when the identity provider knows it.",
  "user.joined": "A user who had been invited signed in for the first time.",
  "user.updated": "An administrator changed a user's name or roles.",
  "user.deactivated": "An administrator deactivated a user; it can no longer sign in.",
  "user.reactivated": "An administrator reactivated a user.",
  "api-key.created": "A Global admin created an API key.",
  "api-key.rotated": "A Global admin gave an API key a new secret; the old one works a little longer.",
  "api-key.revoked": "A Global admin revoked an API key; it opens nothing any more.",
  "webhook.disabled":
    "We disabled a webhook endpoint: its receiver answered 410, or nothing but failure came of it for five days.",
};

/** All event types, in the map's order. */
export const allEventTypes = Object.keys(eventMeanings) as EventType[];

/** An event before it has a place in a stream. */
export interface BufferedEvent<T extends EventType = EventType> {
  id: string;
  type: T;
  facts: EventMap[T];
  /** The organizations that get it, one row each. */
  audience: string[];
}

/** What stands around the facts of an event that has its place. */
export interface EventHead<T extends EventType = EventType> {
  id: string;
  organizationId: string;
  position: number;
  cursor: string;
  type: T;
  occurredAt: string;
  actorId: string;
  requestId: string;
}

/** An event as its readers get it: head and facts side by side. */
export type RecordedEvent<T extends EventType = EventType> = T extends EventType
  ? EventHead<T> & EventMap[T]
  : never;

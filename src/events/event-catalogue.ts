import {
  ACCEPTED_INVITATION,
  ANSWERED_INVITATION,
  API_KEY,
  CHANGED_SUBSCRIPTION,
  CUSTOMER,
  type PayloadFieldDocs,
  INVITATION,
  RELATIONSHIP,
  SUBSCRIPTION,
  USER,
  WEBHOOK,
} from "./payload-field-docs";

/** What the catalogue says of one type of event. */
export interface EventDefinition<Facts = object> {
  /** What happened, for the schema and docs/events.md. */
  meaning: string;
  /** 1, 2, 3 …: raised when a fact changes its meaning or goes away, not when one is added. */
  version: number;
  /** The webhook events of the real Partner Center that tell the same; most have none (docs/sources.md, webhooks). */
  realNames: readonly string[];
  facts: PayloadFieldDocs<Facts>;
}

function told<Facts>(
  facts: PayloadFieldDocs<Facts>,
  meaning: string,
  realNames: readonly string[] = [],
  version = 1,
): EventDefinition<Facts> {
  return { meaning, version, realNames, facts };
}

const ACCEPTED = [
  "reseller-relationship-accepted-by-customer",
  "indirect-reseller-relationship-accepted-by-customer",
];
const UPDATED = ["subscription-updated"];

/** Every event there is. The event types, their GraphQL types' descriptions and docs/events.md come from here. */
export const eventCatalogue = {
  "invitation.sent": told(INVITATION, "A partner made an invitation and got its link."),
  "invitation.edited": told(INVITATION, "A partner changed the draft e-mail of a pending invitation."),
  "invitation.revoked": told(
    INVITATION,
    "A partner took a pending invitation back; its link no longer works.",
  ),
  "invitation.expired": told(INVITATION, "Nobody answered an invitation in time; its link no longer works."),
  "invitation.declined": told(ANSWERED_INVITATION, "A Global admin of the customer declined the invitation."),
  "invitation.accepted": told(
    ACCEPTED_INVITATION,
    "A Global admin of the customer accepted the invitation; its relationships are active.",
    ACCEPTED,
  ),
  "relationship.established": told(
    RELATIONSHIP,
    "A customer has a new reseller relationship, or one that was removed is active again.",
    ACCEPTED,
  ),
  "relationship.removed": told(
    RELATIONSHIP,
    "A partner removed its relationship; the customer has left the partner's list.",
  ),
  "customer.added": told(CUSTOMER, "A partner created a customer."),
  "customer.updated": told(CUSTOMER, "A partner changed what it keeps about a customer."),
  "subscription.created": told(SUBSCRIPTION, "A partner bought a subscription for a customer.", UPDATED),
  "subscription.changed": told(
    CHANGED_SUBSCRIPTION,
    "A subscription's quantity or auto-renewal was changed; or some time after its last term it was disabled, or deleted. A new name alone is no event.",
    UPDATED,
  ),
  "subscription.suspended": told(
    SUBSCRIPTION,
    "A subscription was suspended; its users have no access.",
    UPDATED,
  ),
  "subscription.reactivated": told(SUBSCRIPTION, "A suspended subscription is active again.", UPDATED),
  "subscription.cancelled": told(
    SUBSCRIPTION,
    "A subscription was cancelled; it does not come back.",
    UPDATED,
  ),
  "subscription.renewed": told(SUBSCRIPTION, "A subscription's term ended and a new one began.", UPDATED),
  "subscription.expired": told(
    SUBSCRIPTION,
    "A subscription's term ended, and it was not to be renewed.",
    UPDATED,
  ),
  "user.added": told(
    USER,
    "An administrator added a user; it may sign in when the identity provider knows it.",
  ),
  "user.joined": told(USER, "A user who had been invited signed in for the first time."),
  "user.updated": told(USER, "An administrator changed a user's name or roles."),
  "user.deactivated": told(USER, "An administrator deactivated a user; it can no longer sign in."),
  "user.reactivated": told(USER, "An administrator reactivated a user."),
  "api-key.created": told(API_KEY, "A Global admin created an API key."),
  "api-key.rotated": told(
    API_KEY,
    "A Global admin gave an API key a new secret; the old one works a little longer.",
  ),
  "api-key.revoked": told(API_KEY, "A Global admin revoked an API key; it opens nothing any more."),
  "webhook.disabled": told(
    WEBHOOK,
    "We disabled a webhook endpoint: its receiver answered 410, nothing but failure came of it for five days, or events that it had still to get are no longer kept.",
  ),
};

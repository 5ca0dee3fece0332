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
  /** Whether somebody of the organization may use more or less than before, or nothing any more. */
  changesRights: boolean;
  facts: PayloadFieldDocs<Facts>;
}

function defineEvent<Facts>(
  facts: PayloadFieldDocs<Facts>,
  meaning: string,
  { realNames = [], version = 1, changesRights = false }: Partial<EventDefinition> = {},
): EventDefinition<Facts> {
  return { meaning, version, realNames, changesRights, facts };
}

const ACCEPTED = {
  realNames: [
    "reseller-relationship-accepted-by-customer",
    "indirect-reseller-relationship-accepted-by-customer",
  ],
};
const UPDATED = { realNames: ["subscription-updated"] };
const RIGHTS = { changesRights: true };

/** Every event there is. The event types, their GraphQL types' descriptions and docs/events.md come from here. */
export const eventCatalogue = {
  "invitation.sent": defineEvent(INVITATION, "A partner made an invitation and got its link."),
  "invitation.edited": defineEvent(INVITATION, "A partner changed the draft e-mail of a pending invitation."),
  "invitation.revoked": defineEvent(
    INVITATION,
    "A partner took a pending invitation back; its link no longer works.",
  ),
  "invitation.expired": defineEvent(
    INVITATION,
    "Nobody answered an invitation in time; its link no longer works.",
  ),
  "invitation.declined": defineEvent(
    ANSWERED_INVITATION,
    "A Global admin of the customer declined the invitation.",
  ),
  "invitation.accepted": defineEvent(
    ACCEPTED_INVITATION,
    "A Global admin of the customer accepted the invitation; its relationships are active.",
    ACCEPTED,
  ),
  "relationship.established": defineEvent(
    RELATIONSHIP,
    "A customer has a new reseller relationship, or one that was removed is active again.",
    ACCEPTED,
  ),
  "relationship.removed": defineEvent(
    RELATIONSHIP,
    "A partner removed its relationship; the customer has left the partner's list.",
  ),
  "customer.added": defineEvent(CUSTOMER, "A partner created a customer."),
  "customer.updated": defineEvent(CUSTOMER, "A partner changed what it keeps about a customer."),
  "subscription.created": defineEvent(
    SUBSCRIPTION,
    "A partner bought a subscription for a customer.",
    UPDATED,
  ),
  "subscription.changed": defineEvent(
    CHANGED_SUBSCRIPTION,
    "A subscription's quantity or auto-renewal was changed; or some time after its last term it was disabled, or deleted. A new name alone is no event.",
    UPDATED,
  ),
  "subscription.suspended": defineEvent(
    SUBSCRIPTION,
    "A subscription was suspended; its users have no access.",
    UPDATED,
  ),
  "subscription.reactivated": defineEvent(SUBSCRIPTION, "A suspended subscription is active again.", UPDATED),
  "subscription.cancelled": defineEvent(
    SUBSCRIPTION,
    "A subscription was cancelled; it does not come back.",
    UPDATED,
  ),
  "subscription.renewed": defineEvent(
    SUBSCRIPTION,
    "A subscription's term ended and a new one began.",
    UPDATED,
  ),
  "subscription.expired": defineEvent(
    SUBSCRIPTION,
    "A subscription's term ended, and it was not to be renewed.",
    UPDATED,
  ),
  "user.added": defineEvent(
    USER,
    "An administrator added a user; it may sign in when the identity provider knows it.",
    RIGHTS,
  ),
  "user.joined": defineEvent(USER, "A user who had been invited signed in for the first time.", RIGHTS),
  "user.updated": defineEvent(USER, "An administrator changed a user's name or roles.", RIGHTS),
  "user.deactivated": defineEvent(
    USER,
    "An administrator deactivated a user; it can no longer sign in.",
    RIGHTS,
  ),
  "user.reactivated": defineEvent(USER, "An administrator reactivated a user.", RIGHTS),
  "api-key.created": defineEvent(API_KEY, "A Global admin created an API key.", RIGHTS),
  "api-key.rotated": defineEvent(
    API_KEY,
    "A Global admin gave an API key a new secret; the old one works a little longer.",
    RIGHTS,
  ),
  "api-key.revoked": defineEvent(
    API_KEY,
    "A Global admin revoked an API key; it opens nothing any more.",
    RIGHTS,
  ),
  "webhook.disabled": defineEvent(
    WEBHOOK,
    "We disabled a webhook endpoint: its receiver answered 410, nothing but failure came of it for five days, or events that it had still to get are no longer kept.",
  ),
};

const definitions: Record<string, EventDefinition | undefined> = eventCatalogue;

/** Whether an event of a type may change what somebody may do. One of a newer version, which is not known here, may. */
export function changesRights(type: string): boolean {
  return definitions[type]?.changesRights ?? true;
}

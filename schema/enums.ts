import { registerEnumType } from "type-graphql";
import { ActivityOutcome, ActivityResource } from "../entities/activity/activity-record";
import { BillingCycle, BillingType } from "../entities/catalog/offer";
import { ApiKeyStatus } from "../entities/identity/api-key";
import { AdminRole, AgentRole, UserStatus } from "../entities/identity/user";
import { InvitationStatus } from "../entities/invitations/invitation";
import { Cloud, ProgrammeRole } from "../entities/partners/partner";
import { RelationshipKind, RelationshipStatus } from "../entities/relationships/reseller-relationship";
import { SubscriptionStatus, SuspensionReason } from "../entities/subscriptions/subscription";
import { WebhookDeliveryError, WebhookDeliveryOutcome } from "../entities/webhooks/webhook-delivery";
import { WebhookDisabledReason, WebhookEndpointStatus } from "../entities/webhooks/webhook-endpoint";
import { eventCatalogue } from "../src/events/event-catalogue";
import { allEventTypes, type EventType } from "../src/events/event-map";

const registered = new Map<string, readonly string[]>();

/** The values of the enums that callers write, by the enums' names. */
export const enumValues: ReadonlyMap<string, readonly string[]> = registered;

function register<E extends Record<string, string>>(
  values: E,
  name: string,
  description: string,
  meanings: Record<keyof E, string>,
): E {
  const valuesConfig = Object.fromEntries(
    Object.entries<string>(meanings).map(([value, description]) => [value, { description }]),
  ) as Record<keyof E, { description: string }>;
  registerEnumType(values, { name, description, valuesConfig });
  registered.set(name, Object.keys(meanings));
  return values;
}

register(ActivityOutcome, "ActivityOutcome", "How an attempt ended.", {
  SUCCEEDED: "It was done.",
  REFUSED: "It was refused, and changed nothing.",
});
register(ActivityResource, "ActivityResource", "What sort of thing was acted on.", {
  CUSTOMER: "A customer organization.",
  INVITATION: "An invitation.",
  RELATIONSHIP: "A reseller relationship, and what the partner keeps about the customer.",
  SUBSCRIPTION: "A subscription.",
  PARTNER: "A partner organization.",
  PARTNERSHIP: "An indirect provider and an indirect reseller that work together.",
  USER: "A user.",
  API_KEY: "An API key.",
  WEBHOOK_ENDPOINT: "A webhook endpoint.",
});
register(ProgrammeRole, "ProgrammeRole", "What kind of reseller a partner is.", {
  DIRECT_BILL: "Buys directly and bills its own customers.",
  INDIRECT_PROVIDER: "A distributor: buys for the customers of its resellers, and for its own.",
  INDIRECT_RESELLER: "Serves customers and buys through an indirect provider only.",
  ADVISOR: "Advises customers; neither buys nor bills.",
});
register(Cloud, "Cloud", "The cloud an organization lives in; partner and customer must share one.", {
  PUBLIC: "Worldwide.",
  US_GOVERNMENT: "United States government.",
  GERMANY: "Germany, closed to new customers.",
  CHINA: "China.",
  US_SEC: "United States, secret.",
  US_NAT: "United States, national.",
});
register(AgentRole, "AgentRole", "Which customer and account data a partner's user may see and change.", {
  ADMIN_AGENT: "Adds, sees and manages customers.",
  SALES_AGENT: "Sells subscriptions.",
  HELPDESK_AGENT: "Helps with subscriptions.",
});
register(AdminRole, "AdminRole", "Which features a user may administer.", {
  GLOBAL_ADMIN: "Everything of its organization; accepts invitations for a customer.",
  BILLING_ADMIN: "Bills.",
  USER_MANAGEMENT_ADMIN: "Users and their roles.",
});
register(UserStatus, "UserStatus", "Whether a user can sign in.", {
  INVITED: "Waits for its first sign-in with this e-mail address, which makes it active.",
  ACTIVE: "Signs in and has its roles.",
  INACTIVE: "Deactivated: cannot sign in. Its roles stay written.",
});
register(ApiKeyStatus, "ApiKeyStatus", "Whether an API key works.", {
  ACTIVE: "It works.",
  REVOKED: "A Global admin revoked it, for good.",
  EXPIRED: "It has reached the end that it was given.",
});
register(
  InvitationStatus,
  "InvitationStatus",
  "Where an invitation is on its way. All but PENDING are final.",
  {
    PENDING: "The link works.",
    ACCEPTED: "A customer accepted; a link for one customer no longer works.",
    DECLINED: "The customer turned it down.",
    REVOKED: "The partner took it back.",
    EXPIRED: "Its deadline has passed.",
  },
);
register(RelationshipKind, "RelationshipKind", "What a partner is to a customer.", {
  RESELLER: "Reseller of record.",
  ADVISOR: "Advisor.",
});
register(RelationshipStatus, "RelationshipStatus", "Whether a relationship holds now.", {
  ACTIVE: "The customer is in the partner's list.",
  REMOVED: "The partner removed it; a new invitation brings the customer back.",
});
register(SubscriptionStatus, "SubscriptionStatus", "Where a subscription is in its life.", {
  PENDING: "Being set up.",
  ACTIVE: "In use and billed.",
  SUSPENDED: "Its users have no access; it is billed until its term ends.",
  EXPIRED: "Its term ended without renewal; users have access for 30 days more.",
  DISABLED: "Administrators can still reach its data.",
  DELETED: "Gone for good.",
});
register(SuspensionReason, "SuspensionReason", "Why a subscription is suspended.", {
  PARTNER: "The partner suspended it.",
  TERM_ENDED: "Its term ended.",
});
register(BillingCycle, "BillingCycle", "How often something is billed.", {
  MONTHLY: "Every month.",
  ANNUAL: "Every year.",
  TRIENNIAL: "Every three years.",
  BIENNIAL: "Every two years.",
  ONE_TIME: "Once.",
  NONE: "Not billed by time.",
});
register(BillingType, "BillingType", "What something is counted in.", {
  LICENSE: "Licences.",
  USAGE: "Usage.",
  NONE: "Nothing: it is free.",
});

/** `invitation.accepted` is INVITATION_ACCEPTED in the schema. */
function enumName(type: EventType): string {
  return type.replace(/[.-]/g, "_").toUpperCase();
}

/** Every event type by its name in the schema. */
export const EventTypeEnum = Object.fromEntries(allEventTypes.map((type) => [enumName(type), type]));
register(
  EventTypeEnum,
  "EventType",
  "What happened.",
  Object.fromEntries(allEventTypes.map((type) => [enumName(type), eventCatalogue[type].meaning])),
);

/** Which way a list is ordered. */
export const OrderDirection = { ASC: "ASC", DESC: "DESC" } as const;
/** A direction by its name. */
export type OrderDirection = keyof typeof OrderDirection;
register(OrderDirection, "OrderDirection", "Which way a list is ordered.", {
  ASC: "Smallest, or oldest, first.",
  DESC: "Largest, or newest, first.",
});

/** What a list of customers can be ordered by. */
export const CustomerOrderField = { COMPANY_NAME: "COMPANY_NAME", SINCE: "SINCE" } as const;
/** A field by its name. */
export type CustomerOrderField = keyof typeof CustomerOrderField;
register(CustomerOrderField, "CustomerOrderField", "What a list of customers can be ordered by.", {
  COMPANY_NAME: "By company name, without regard to case and accents.",
  SINCE: "By when the relationship was established.",
});

register(WebhookEndpointStatus, "WebhookEndpointStatus", "Whether a webhook endpoint gets events.", {
  ACTIVE: "Events are posted to it.",
  DISABLED: "It gets nothing. Enabled again, it goes on where it stopped.",
});
register(WebhookDisabledReason, "WebhookDisabledReason", "By whom a webhook endpoint was disabled.", {
  REQUESTED: "By a user of your organization.",
  GONE: "By its receiver, which answered 410.",
  FAILING: "By us, after five days of nothing but failure.",
  EVENTS_FORGOTTEN:
    "By us, because events that it had still to get are no longer kept. `replayWebhook` takes it to those that are.",
});
register(WebhookDeliveryOutcome, "WebhookDeliveryOutcome", "How an attempt to deliver ended.", {
  PENDING: "A test or repetition that you asked for and that is about to be sent.",
  DELIVERED: "The receiver answered 2xx in time.",
  FAILED: "It failed; `nextAttemptAt` says when it is tried again, where it is.",
  GAVE_UP:
    "It failed for the tenth time, and the next event goes. `retryWebhookDelivery` tries it once more.",
});
register(WebhookDeliveryError, "WebhookDeliveryError", "Why an attempt to deliver failed.", {
  NAME_NOT_FOUND: "The host name leads nowhere.",
  ADDRESS_NOT_PUBLIC: "The host, or where its name leads now, is not on the public internet.",
  CONNECTION_FAILED: "No connection, or it broke before the answer.",
  TLS_FAILED: "No trustworthy TLS connection: the certificate is wrong, or has ended.",
  TIMEOUT: "No whole answer within 15 seconds, looking up and connecting included.",
  ANSWER_UNREADABLE: "The answer was no HTTP.",
  REDIRECTED: "The answer was 3xx; redirects are not followed. Change the endpoint's address instead.",
  REFUSED: "The answer was 4xx or 5xx; `statusCode` has it.",
  SECRET_UNREADABLE:
    "The signing secret cannot be read here: rotate it, or ask the operator about SECRETS_KEY.",
  EVENT_FORGOTTEN: "The event is no longer kept.",
  ENDPOINT_DISABLED: "The endpoint was disabled before it could be sent.",
});

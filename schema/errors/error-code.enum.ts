import { registerEnumType } from "type-graphql";
import { offerErrors } from "../../src/catalog/offer.errors";
import { customerErrors } from "../../src/customers/customer.errors";
import type { ErrorDefinition } from "../../src/errors/domain-error";
import { generalErrors } from "../../src/errors/general.errors";
import { eventErrors } from "../../src/events/event.errors";
import { apiKeyErrors } from "../../src/identity/api-key.errors";
import { userErrors } from "../../src/identity/user.errors";
import { invitationErrors } from "../../src/invitations/invitation.errors";
import { organizationErrors } from "../../src/organizations/organization.errors";
import { partnerErrors } from "../../src/partners/partner.errors";
import { relationshipErrors } from "../../src/relationships/relationship.errors";
import { subscriptionErrors } from "../../src/subscriptions/subscription.errors";
import { webhookErrors } from "../../src/webhooks/webhook.errors";

/** Every code that an answer may bear, by area: the enum in the schema and docs/error-codes.md come from it. */
export const errorDefinitions: Record<string, Record<string, ErrorDefinition>> = {
  general: generalErrors.definitions,
  identity: { ...userErrors.definitions, ...apiKeyErrors.definitions },
  organizations: organizationErrors.definitions,
  partners: partnerErrors.definitions,
  customers: customerErrors.definitions,
  invitations: invitationErrors.definitions,
  relationships: relationshipErrors.definitions,
  catalog: offerErrors.definitions,
  subscriptions: subscriptionErrors.definitions,
  events: eventErrors.definitions,
  webhooks: webhookErrors.definitions,
};

const definitions = Object.assign({}, ...Object.values(errorDefinitions)) as Record<string, ErrorDefinition>;

/** The kind of the details that an error of a code has; undefined where it has none. */
export const detailsKindOf = (code: string) => definitions[code]?.details;

/** The codes as an enum; never renamed, so clients may switch on them. */
export const ErrorCode = Object.fromEntries(Object.keys(definitions).map((code) => [code, code]));

registerEnumType(ErrorCode, {
  name: "ErrorCode",
  description:
    "Why something was refused. In `userErrors.code` and in `errors[].extensions.code`; never renamed.",
  valuesConfig: Object.fromEntries(
    Object.entries(definitions).map(([code, { kind, meaning, details }]) => [
      code,
      { description: `${kind}: ${meaning}${details ? ` Details: ${details}.` : ""}` },
    ]),
  ),
});

import { customerEvents } from "./catalogue/customers";
import type { EventDefinition } from "./catalogue/event-definition";
import { identityEvents } from "./catalogue/identity";
import { invitationEvents } from "./catalogue/invitations";
import { relationshipEvents } from "./catalogue/relationships";
import { subscriptionEvents } from "./catalogue/subscriptions";
import { webhookEvents } from "./catalogue/webhooks";

/** Every event there is, area by area. Types, the schema and docs/events.md are derived from here (ADR 0043). */
export const eventCatalogue = {
  ...invitationEvents,
  ...relationshipEvents,
  ...customerEvents,
  ...subscriptionEvents,
  ...identityEvents,
  ...webhookEvents,
};

const definitions: Record<string, EventDefinition | undefined> = eventCatalogue;

/** Whether an event of a type may change what somebody may do. One of a newer version, which is not known here, may. */
export function changesRights(type: string): boolean {
  return definitions[type]?.changesRights ?? true;
}

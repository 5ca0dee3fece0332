import type { RightsOnCustomers } from "../database/customer-grants";
import { isRestricted, type PayloadField } from "./catalogue/event-definition";
import { eventCatalogue } from "./event-catalogue";
import { customerOf } from "./event-filter";
import type { EventType, RecordedEvent } from "./event-map";

type RestrictedField = [name: string, field: PayloadField];

/** The payload fields of each type that not every reader of the event may have. */
const RESTRICTED = new Map<EventType, RestrictedField[]>(
  Object.entries(eventCatalogue).map(([type, { payload }]) => [
    type as EventType,
    Object.entries<PayloadField>(payload).filter(([, field]) => isRestricted(field)),
  ]),
);

/** Between the tenant and the subject of a person that 0.1.0 wrote down as the actor. */
const SUBJECT_MARK = "/";

/**
 * An event as one reader may have it. Whatever gives an event to somebody calls this first: queries, live listeners and webhooks.
 * Payload fields that the catalogue keeps from the reader are null, and an identity provider's subject is cut off the actor. The stored event
 * stays as it is. `may` tells which permissions the reader has about the event's customer besides the right to read the event.
 */
export function visibleEvent(event: RecordedEvent, may: RightsOnCustomers): RecordedEvent {
  const payload = event as unknown as Record<string, unknown>;
  const hidden = (RESTRICTED.get(event.type) ?? []).filter(
    ([, { permission, onlyFor }]) =>
      (permission && !may(permission, customerOf(event))) ||
      (onlyFor && payload[onlyFor] !== event.organizationId),
  );
  const { actorId } = event;
  if (hidden.length === 0 && !actorId.includes(SUBJECT_MARK)) return event;
  const [visibleActorId = ""] = actorId.split(SUBJECT_MARK);
  return Object.assign(
    { ...event, actorId: visibleActorId },
    Object.fromEntries(hidden.map(([name]) => [name, null])),
  );
}

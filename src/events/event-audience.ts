import { OWN_ORGANIZATION } from "./catalogue/event-definition";
import { eventCatalogue } from "./event-catalogue";
import type { EventPayload, EventType, OwnEventType } from "./event-map";

/** What names the organization of an event whose payload does not; nothing for all others. */
export type OwnOrganization<Type extends EventType> = [Type] extends [OwnEventType]
  ? [organizationId: string]
  : [];

/** The organizations that get an event, each once: those that its definition says. */
export function audienceOf<Type extends EventType>(
  type: Type,
  payload: EventPayload<Type>,
  ...[organizationId]: OwnOrganization<Type>
): string[] {
  const { audience } = eventCatalogue[type];
  const values = payload as Record<string, unknown>;
  const ids = audience === OWN_ORGANIZATION ? [organizationId] : audience.map((field) => values[field]);
  return [...new Set(ids.filter((id) => typeof id === "string"))];
}

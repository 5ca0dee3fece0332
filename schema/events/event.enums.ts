import { eventCatalogue } from "../../src/events/event-catalogue";
import { allEventTypes, type EventType } from "../../src/events/event-map";
import { registerEnum } from "../register-enum";

/** `invitation.accepted` is INVITATION_ACCEPTED in the schema. */
function enumName(type: EventType): string {
  return type.replace(/[.-]/g, "_").toUpperCase();
}

/** Every event type by its name in the schema. */
export const EventTypeEnum = Object.fromEntries(allEventTypes.map((type) => [enumName(type), type]));
registerEnum(
  EventTypeEnum,
  "EventType",
  "What happened.",
  Object.fromEntries(allEventTypes.map((type) => [enumName(type), eventCatalogue[type].meaning])),
);

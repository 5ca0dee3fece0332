import type { OWN_ORGANIZATION, PayloadFields, PayloadOf } from "./catalogue/event-definition";
import { eventCatalogue } from "./event-catalogue";

type Catalogue = typeof eventCatalogue;

/** The name of an event: `area.verb` in the past tense. */
export type EventType = keyof Catalogue;

/** Every event there is, with its payload. */
export type EventMap = {
  [Type in EventType]: Catalogue[Type]["payload"] extends PayloadFields & (infer Fields extends PayloadFields)
    ? PayloadOf<Fields>
    : never;
};

/** The payload of an event. */
export type EventPayload<Type extends EventType> = EventMap[Type];

/** The types of events about what concerns one organization alone, which the use case that records them names. */
export type OwnEventType = {
  [Type in EventType]: Catalogue[Type]["audience"] extends typeof OWN_ORGANIZATION ? Type : never;
}[EventType];

/** All event types, in the catalogue's order. */
export const allEventTypes = Object.keys(eventCatalogue) as EventType[];

/** An event before it has a place in a stream. */
export interface BufferedEvent<T extends EventType = EventType> {
  id: string;
  type: T;
  payload: EventMap[T];
  /** The organizations that get it, one row each. */
  audience: string[];
}

/** What an event has besides its payload once it has its place in a stream. */
export interface EventHead<T extends EventType = EventType> {
  id: string;
  organizationId: string;
  position: number;
  cursor: string;
  type: T;
  /** The version of the type's payload when it was recorded. */
  version: number;
  occurredAt: string;
  actorId: string;
  requestId: string;
}

/** An event as its readers get it: the fields of head and payload side by side. */
export type RecordedEvent<T extends EventType = EventType> = T extends EventType
  ? EventHead<T> & EventMap[T]
  : never;

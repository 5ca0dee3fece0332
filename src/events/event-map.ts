import { eventCatalogue, type EventDefinition } from "./event-catalogue";

export type * from "./event-payloads";

type Catalogue = typeof eventCatalogue;

/** The name of an event: `area.verb` in the past tense. */
export type EventType = keyof Catalogue;

/** Every event there is, with the facts it holds. */
export type EventMap = {
  [Type in EventType]: Catalogue[Type] extends EventDefinition<infer Facts> ? Facts : never;
};

/** All event types, in the catalogue's order. */
export const allEventTypes = Object.keys(eventCatalogue) as EventType[];

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
  /** The version of the type's facts when it was recorded. */
  version: number;
  occurredAt: string;
  actorId: string;
  requestId: string;
}

/** An event as its readers get it: head and facts side by side. */
export type RecordedEvent<T extends EventType = EventType> = T extends EventType
  ? EventHead<T> & EventMap[T]
  : never;

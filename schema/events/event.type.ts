import { type ClassType, Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import { eventCatalogue } from "../../src/events/event-catalogue";
import { allEventTypes, type EventType } from "../../src/events/event-map";
import {
  type EventSubject,
  isRestricted,
  meaningWithReaders,
  type PayloadField,
  type PayloadFields,
  type PayloadScalar,
} from "../../src/events/catalogue/event-definition";
import { connectionOf } from "../connection.type";
import { DateTimeScalar } from "../scalars";
import { EventInterface, eventTypeName, resolveType } from "./event.interface";

/* The types of events are derived from the catalogue: what is said of an event is said there. */

const SCALARS = { ID, String, Int, Boolean, DateTime: DateTimeScalar } satisfies Record<
  PayloadScalar,
  unknown
>;

type EventClass = new () => object;
type InterfaceName = (typeof eventCatalogue)[EventType]["subject"]["interfaceName"];

const interfaces = new Map<string, EventClass>();
const objects = new Map<string, EventClass>(allEventTypes.map((type) => [type, makeObject(type)]));

/** The interface of events about one subject, such as `InvitationEvent`. */
export function eventInterface(name: InterfaceName): ClassType<object> {
  return made(interfaces, name);
}

/** The GraphQL type of one type of event. */
export function eventObject(type: EventType): ClassType<object> {
  return made(objects, type);
}

/** Every event's type, for the schema: most are found only through their interface. */
export const eventObjectTypes = [...objects.values()];

/** A page of events. */
export const EventConnection = connectionOf(() => EventInterface, "Event");

function made(classes: ReadonlyMap<string, EventClass>, name: string): EventClass {
  const found = classes.get(name);
  if (!found) throw new Error(`The event catalogue has no ${name}.`);
  return found;
}

function makeObject(type: EventType): EventClass {
  const { subject, payload, meaning } = eventCatalogue[type];
  const Shape = interfaces.get(subject.interfaceName) ?? makeInterface(subject);

  @ObjectType(eventTypeName(type), { description: meaning, implements: Shape })
  class EventObject extends Shape {}

  const own = Object.entries<PayloadField>(payload).filter(([name]) => !(name in subject.payload));
  addFields(EventObject, Object.fromEntries(own));
  return EventObject;
}

function makeInterface({ interfaceName, description, payload }: EventSubject): EventClass {
  @InterfaceType(interfaceName, { description, implements: EventInterface, resolveType })
  abstract class EventShape extends EventInterface {}

  addFields(EventShape, payload);
  const Shape = EventShape as EventClass;
  interfaces.set(interfaceName, Shape);
  return Shape;
}

function addFields({ prototype }: { prototype: object }, payload: PayloadFields): void {
  for (const [name, field] of Object.entries(payload)) {
    const type = typeof field.type === "string" ? SCALARS[field.type] : field.type;
    const options = {
      ...(field.graphqlName !== undefined && { name: field.graphqlName }),
      description: meaningWithReaders(field),
      nullable: field.nullable === true || isRestricted(field),
    };
    Field(() => (field.list ? [type] : type), options)(prototype, name);
  }
}

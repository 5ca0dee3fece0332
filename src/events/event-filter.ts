import { Customer } from "../../entities/customers/customer";
import type { CustomerGrants } from "../database/scope";
import { FieldChecks } from "../errors/field-checks";
import { allEventTypes, type EventType, type RecordedEvent } from "./event-map";

/** Which of a stream's events are wanted, as a caller says it. */
export interface EventFilterInput {
  types?: readonly EventType[] | null;
  /** Only events whose field `customerId` is this. */
  customerId?: string | null;
}

/** Which of a stream's events are wanted; what is absent narrows nothing down. */
export interface EventFilter {
  /** One at least, each once. */
  types?: readonly EventType[];
  customerId?: string;
  /** Only events about customers that these grants are for. The log goes by them; a live listener's execution looks them up. */
  grants?: CustomerGrants;
}

/**
 * Checks and simplifies a filter.
 * @throws FIELD_INVALID `types` names none, or more than there are
 * @throws ID_MALFORMED customerId is no such id
 */
export function eventFilter({ types, customerId }: EventFilterInput): EventFilter {
  const isEmpty = types?.length === 0;
  new FieldChecks()
    .field("types", isEmpty ? "types must name a type. Leave it out to get every type." : undefined)
    .list("types", types, allEventTypes.length)
    .id("customerId", customerId, Customer)
    .done();
  const wanted = allEventTypes.filter((type) => types?.includes(type));
  return {
    ...(wanted.length > 0 && wanted.length < allEventTypes.length ? { types: wanted } : {}),
    ...(typeof customerId === "string" ? { customerId } : {}),
  };
}

/** The customer that an event tells of, where it tells of one: what filters by customer go by. */
export function customerOf(payload: object): string | null {
  return "customerId" in payload && typeof payload.customerId === "string" ? payload.customerId : null;
}

/** Whether an event is one of those that a filter wants. */
export function passesFilter(event: RecordedEvent, { types, customerId }: EventFilter): boolean {
  return (
    (types === undefined || types.includes(event.type)) &&
    (customerId === undefined || customerOf(event) === customerId)
  );
}

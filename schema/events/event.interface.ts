import { Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import { eventCatalogue } from "../../src/events/event-catalogue";
import type { EventType } from "../../src/events/event-map";
import { type FactMeaning, meaningWithReaders } from "../../src/events/payload-field-docs";
import { EventTypeEnum } from "../enums";
import { DateTimeScalar } from "../scalars";

/** The GraphQL type of an event: `invitation.accepted` is InvitationAcceptedEvent. */
export function eventTypeName(type: EventType): string {
  const words = type.split(/[.-]/).map((word) => (word[0] ?? "").toUpperCase() + word.slice(1));
  return `${words.join("")}Event`;
}

/** Finds an event's type by what happened. */
export const resolveType = ({ type }: { type: EventType }) => eventTypeName(type);

/** How a fact's field is called and described; it is nullable where not every reader of the event may have it. */
export function fact(of: FactMeaning): { name?: string; description: string; nullable?: true } {
  const isRestricted = of.permission !== undefined || of.onlyFor !== undefined;
  return { name: of.field, description: meaningWithReaders(of), ...(isRestricted && { nullable: true }) };
}

/** What every event has. */
@InterfaceType("Event", {
  description:
    "Something that happened, as it was then. Your organization's events are numbered 1, 2, 3 … without a gap: keep the cursor of the last one you handled, and give it as `after` to miss none.",
  resolveType,
})
export abstract class EventInterface {
  @Field(() => ID, { description: "The event's id, the same for every organization that got it." })
  id: string;

  @Field(() => Int, { description: "Its number in your organization's stream: 1, 2, 3 … without a gap." })
  position: number;

  @Field(() => String, {
    description: "Its place in your organization's stream, to be given as `after` at every door.",
  })
  cursor: string;

  @Field(() => EventTypeEnum, { description: "What happened." })
  type: EventType;

  @Field(() => Int, {
    description:
      "Version of the type's facts: 1, 2, 3 …, raised when a fact changes its meaning or goes away.",
  })
  version: number;

  @Field(() => DateTimeScalar, { description: "When it happened." })
  occurredAt: string;

  @Field(() => String, {
    description:
      "Who did it: the id of a user or API key, the tenant id of somebody whose organization was not known before, or `system` for the program itself.",
  })
  actorId: string;

  @Field(() => String, { description: "The request that did it, for the server's log." })
  requestId: string;
}

/** An event type of the same fields as its interface. */
export function plainEvent(type: EventType, shape: abstract new () => object): new () => object {
  const Base = shape as new () => object;

  @ObjectType(eventTypeName(type), {
    description: eventCatalogue[type].meaning,
    implements: shape as never,
  })
  class PlainEvent extends Base {}

  return PlainEvent;
}

import { Field, ID, Int, InterfaceType } from "type-graphql";
import type { EventType } from "../../src/events/event-map";
import { EventTypeEnum } from "./event.enums";
import { DateTimeScalar } from "../scalars";

/** The GraphQL type of an event: `invitation.accepted` is InvitationAcceptedEvent. */
export function eventTypeName(type: EventType): string {
  const words = type.split(/[.-]/).map((word) => (word[0] ?? "").toUpperCase() + word.slice(1));
  return `${words.join("")}Event`;
}

/** Finds an event's type by what happened. */
export const resolveType = ({ type }: { type: EventType }) => eventTypeName(type);

/** What every event has. */
@InterfaceType("Event", {
  description:
    "Something that happened; its fields are the values at that time. Your organization's events are numbered 1, 2, 3 … without a gap: keep the cursor of the last one you handled, and give it as `after` to miss none.",
  resolveType,
})
export abstract class EventInterface {
  @Field(() => ID, { description: "The event's id, the same for every organization that got it." })
  id: string;

  @Field(() => Int, { description: "Its number in your organization's stream: 1, 2, 3 … without a gap." })
  position: number;

  @Field(() => String, {
    description: "Its place in your organization's stream, to be given as `after` at every endpoint.",
  })
  cursor: string;

  @Field(() => EventTypeEnum, { description: "What happened." })
  type: EventType;

  @Field(() => Int, {
    description:
      "Version of the type's payload: 1, 2, 3 …, raised when a field changes its meaning or is removed.",
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

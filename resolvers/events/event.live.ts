import { Args, type ResolverData, Resolver, Root, Subscription } from "type-graphql";
import { AfterArgs, FollowEventsArgs } from "../../schema/events/event.inputs";
import { EventInterface } from "../../schema/events/event.interface";
import { eventObject } from "../../schema/events/event.type";
import type { Permission } from "../../src/access/permissions";
import type { EventType, RecordedEvent } from "../../src/events/event-map";
import { type EventsToFollow, followEvents } from "../../src/events/follow-events";
import { Allow, ensureMaySubscribe } from "../allow";
import type { GraphqlContext } from "../graphql-context";

interface SubscribeData extends ResolverData<GraphqlContext> {
  args: FollowEventsArgs & Record<string, unknown>;
}

/** Finds the place to follow the log from. The endpoint's own check runs at each event; this one refuses at once. */
function follow(permission: Permission, types?: EventType[]) {
  return async (data: SubscribeData): Promise<EventsToFollow> => {
    const { context, args } = data;
    await ensureMaySubscribe(data, permission);
    const { customerId } = args;
    return followEvents(context, {
      after: context.resumeAfter ?? args.after,
      types: types ?? args.types,
      customerId,
    });
  };
}

const CODES =
  "Codes: FORBIDDEN, EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED, EVENTS_NO_STREAM, SLOW_CONSUMER.";

/** Live events: three windows on the one log. */
@Resolver()
export class EventLiveResolver {
  @Subscription(() => eventObject("invitation.accepted"), {
    description: `A customer accepted an invitation: yours, one that names you as provider, or, for the customer, its own. ${CODES}`,
    subscribe: follow("invitation.read", ["invitation.accepted"]) as never,
  })
  @Allow("invitation.read")
  invitationAccepted(@Root() event: RecordedEvent, @Args(() => AfterArgs) _args: AfterArgs) {
    return event;
  }

  @Subscription(() => eventObject("relationship.removed"), {
    description: `A relationship of your organization was removed. ${CODES}`,
    subscribe: follow("relationship.read", ["relationship.removed"]) as never,
  })
  @Allow("relationship.read")
  relationshipRemoved(@Root() event: RecordedEvent, @Args(() => AfterArgs) _args: AfterArgs) {
    return event;
  }

  @Subscription(() => EventInterface, {
    description: `Every event of your organization, or those of the types you name. ${CODES}`,
    subscribe: follow("event.read") as never,
  })
  @Allow("event.read")
  events(@Root() event: RecordedEvent, @Args(() => FollowEventsArgs) _args: FollowEventsArgs) {
    return event;
  }
}

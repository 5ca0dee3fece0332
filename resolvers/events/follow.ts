import type { ResolverData } from "type-graphql";
import type { AfterArgs, FollowEventsArgs } from "../../schema/events/event.inputs";
import type { Permission } from "../../src/access/permissions";
import type { EventType } from "../../src/events/event-map";
import { type EventsToFollow, followEvents } from "../../src/events/follow-events";
import { ensureMaySubscribe } from "../allow";
import type { GraphqlContext } from "../graphql-context";

interface SubscribeData extends ResolverData<GraphqlContext> {
  args: (AfterArgs | FollowEventsArgs) & Record<string, unknown>;
}

/** What a live field may be refused or ended with, for its description. */
export const LIVE_CODES =
  "Codes: FORBIDDEN, EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED, EVENTS_NO_STREAM, SLOW_CONSUMER.";

/**
 * The `subscribe` of a live field: finds the place to follow the log from. The endpoint's own check of the permission runs at
 * each event; this one refuses at once.
 * @param types the types of events that the field is about; those that the caller names when absent
 */
export function follow(permission: Permission, types?: EventType[]) {
  return async (data: SubscribeData): Promise<EventsToFollow> => {
    const { context, args } = data;
    await ensureMaySubscribe(data, permission);
    const { customerId, types: named }: Partial<FollowEventsArgs> = args;
    return followEvents(context, {
      after: context.resumeAfter ?? args.after,
      types: types ?? named,
      customerId,
    });
  };
}

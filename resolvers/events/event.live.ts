import { Args, Resolver, Root, Subscription } from "type-graphql";
import { FollowEventsArgs } from "../../schema/events/event.inputs";
import { EventInterface } from "../../schema/events/event.interface";
import type { RecordedEvent } from "../../src/events/event-map";
import { Allow } from "../allow";
import { follow, LIVE_CODES } from "./follow";

/** All live events. */
@Resolver()
export class EventLiveResolver {
  @Subscription(() => EventInterface, {
    description: `Every event of your organization, or those of the types you name. ${LIVE_CODES}`,
    subscribe: follow("event.read") as never,
  })
  @Allow("event.read")
  events(@Root() event: RecordedEvent, @Args(() => FollowEventsArgs) _args: FollowEventsArgs) {
    return event;
  }
}

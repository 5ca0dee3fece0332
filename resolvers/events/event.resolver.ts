import { Args, Ctx, Query, Resolver } from "type-graphql";
import { ListEventsArgs } from "../../schema/events/event.inputs";
import { EventConnection } from "../../schema/events/event.type";
import { listEvents } from "../../src/events/list-events";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** The event log, page by page. */
@Resolver()
export class EventResolver {
  @Query(() => EventConnection, {
    nullable: true,
    description:
      "Your organization's events that are still kept, oldest first. `after` takes the cursor of any event that you got at any endpoint, with and without `types` and `customerId`. Codes: FIELD_INVALID, ID_MALFORMED, EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED, EVENTS_NO_STREAM.",
  })
  @Allow("event.read")
  events(@Ctx() ctx: GraphqlContext, @Args(() => ListEventsArgs) wanted: ListEventsArgs) {
    return listEvents(ctx, wanted);
  }
}

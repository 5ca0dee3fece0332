import { Args, Resolver, Root, Subscription } from "type-graphql";
import { AfterArgs } from "../../schema/events/event.inputs";
import { eventObject } from "../../schema/events/event.type";
import type { RecordedEvent } from "../../src/events/event-map";
import { Allow } from "../allow";
import { follow, LIVE_CODES } from "../events/follow";

/** Live events about relationships. */
@Resolver()
export class RelationshipLiveResolver {
  @Subscription(() => eventObject("relationship.removed"), {
    description: `A relationship of your organization was removed. ${LIVE_CODES}`,
    subscribe: follow("relationship.read", ["relationship.removed"]) as never,
  })
  @Allow("relationship.read")
  relationshipRemoved(
    @Root() event: RecordedEvent<"relationship.removed">,
    @Args(() => AfterArgs) _args: AfterArgs,
  ) {
    return event;
  }
}

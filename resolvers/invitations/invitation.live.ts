import { Args, Resolver, Root, Subscription } from "type-graphql";
import { AfterArgs } from "../../schema/events/event.inputs";
import { eventObject } from "../../schema/events/event.type";
import type { RecordedEvent } from "../../src/events/event-map";
import { Allow } from "../allow";
import { follow, LIVE_CODES } from "../events/follow";

/** Live events about invitations. */
@Resolver()
export class InvitationLiveResolver {
  @Subscription(() => eventObject("invitation.accepted"), {
    description: `A customer accepted an invitation: yours, one that names you as provider, or, for the customer, its own. ${LIVE_CODES}`,
    subscribe: follow("invitation.read", ["invitation.accepted"]) as never,
  })
  @Allow("invitation.read")
  invitationAccepted(
    @Root() event: RecordedEvent<"invitation.accepted">,
    @Args(() => AfterArgs) _args: AfterArgs,
  ) {
    return event;
  }
}

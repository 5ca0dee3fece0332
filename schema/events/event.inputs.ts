import { ArgsType, Field, ID } from "type-graphql";
import type { EventType } from "../../src/events/event-map";
import { EventTypeEnum } from "../enums";

/** Where a live subscription begins. */
@ArgsType()
export class AfterArgs {
  @Field(() => String, {
    nullable: true,
    description:
      "Cursor of the last event you have: what you missed comes first, in order. Absent: from now on.",
  })
  after?: string;
}

/** Which events to follow. */
@ArgsType()
export class FollowEventsArgs extends AfterArgs {
  @Field(() => [EventTypeEnum], { nullable: true, description: "Only these types; all when absent." })
  types?: EventType[];

  @Field(() => ID, {
    nullable: true,
    description: "Only what concerns this customer; what you heard of it before a removal included.",
  })
  customerId?: string;
}

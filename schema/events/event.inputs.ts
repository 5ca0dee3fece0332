import { ArgsType, Field, ID } from "type-graphql";
import type { EventType } from "../../src/events/event-map";
import { PageArgs } from "../connection.type";
import { EventTypeEnum } from "./event.enums";

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

const OF_TYPES = { nullable: true, description: "Only these types; all when absent." };
const OF_CUSTOMER = {
  nullable: true,
  description: "Only events whose field `customerId` is this; one that you do not know simply finds nothing.",
};

/** Which events to follow. */
@ArgsType()
export class FollowEventsArgs extends AfterArgs {
  @Field(() => [EventTypeEnum], OF_TYPES)
  types?: EventType[];

  @Field(() => ID, OF_CUSTOMER)
  customerId?: string;
}

/** Which events to read. */
@ArgsType()
export class ListEventsArgs extends PageArgs {
  @Field(() => [EventTypeEnum], OF_TYPES)
  types?: EventType[];

  @Field(() => ID, OF_CUSTOMER)
  customerId?: string;
}

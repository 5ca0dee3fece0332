import { Args, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import {
  CustomerEventInterface,
  EventConnection,
  InvitationAcceptedEvent,
  InvitationEventInterface,
  RelationshipEventInterface,
  SubscriptionEventInterface,
} from "../../schema/events/event.type";
import { ListEventsArgs } from "../../schema/events/event.inputs";
import { InvitationType } from "../../schema/invitations/invitation.type";
import { RelationshipType } from "../../schema/relationships/relationship.type";
import { SubscriptionType } from "../../schema/subscriptions/subscription.type";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { listEvents } from "../../src/events/list-events";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** The event log, page by page. */
@Resolver()
export class EventResolver {
  @Query(() => EventConnection, {
    nullable: true,
    description:
      "Your organization's events that are still kept, oldest first. `after` takes the cursor of any event that you got at any door, with and without `types` and `customerId`. Codes: FIELD_INVALID, ID_MALFORMED, EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED, EVENTS_NO_STREAM.",
  })
  @Allow("event.read")
  events(@Ctx() ctx: GraphqlContext, @Args(() => ListEventsArgs) wanted: ListEventsArgs) {
    return listEvents(ctx, wanted);
  }
}

/** What hangs on an event about an invitation. */
@Resolver(() => InvitationEventInterface)
export class InvitationEventResolver {
  @FieldResolver(() => InvitationType, {
    nullable: true,
    description: "The invitation as it is now; null when you may not see it.",
  })
  invitation(@Root() event: InvitationEventInterface, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.invitation.load(event.invitationId);
  }
}

/** What hangs on an accepted invitation besides. */
@Resolver(() => InvitationAcceptedEvent)
export class InvitationAcceptedEventResolver {
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() event: InvitationAcceptedEvent, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }

  @Extensions({ listSize: LIST_BOUNDS.sellers })
  @FieldResolver(() => [RelationshipType], {
    description: "Those of the relationships that you may see, as they are now.",
  })
  async relationships(@Root() event: InvitationAcceptedEvent, @Ctx() ctx: GraphqlContext) {
    const found = await ctx.loaders.relationships.byId.loadMany(
      event.relationshipIds.slice(0, LIST_BOUNDS.sellers),
    );
    return found.filter((relationship) => relationship !== null);
  }
}

/** What hangs on an event about a relationship. */
@Resolver(() => RelationshipEventInterface)
export class RelationshipEventResolver {
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description:
      "The customer as it is now; null when you can no longer see it. The event itself still says who it was.",
  })
  customer(@Root() event: RelationshipEventInterface, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }

  @FieldResolver(() => RelationshipType, {
    nullable: true,
    description: "The relationship as it is now; null when you may not see it.",
  })
  relationship(@Root() event: RelationshipEventInterface, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.relationships.byId.load(event.relationshipId);
  }
}

/** What hangs on an event about a customer. */
@Resolver(() => CustomerEventInterface)
export class CustomerEventResolver {
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() event: CustomerEventInterface, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }
}

/** What hangs on an event about a subscription. */
@Resolver(() => SubscriptionEventInterface)
export class SubscriptionEventResolver {
  @FieldResolver(() => SubscriptionType, {
    nullable: true,
    description: "The subscription as it is now; null when you may not see it.",
  })
  subscription(@Root() event: SubscriptionEventInterface, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.subscriptions.byId.load(event.subscriptionId);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() event: SubscriptionEventInterface, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }
}

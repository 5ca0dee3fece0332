import { Ctx, Extensions, FieldResolver, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { eventInterface, eventObject } from "../../schema/events/event.type";
import { InvitationType } from "../../schema/invitations/invitation.type";
import { RelationshipType } from "../../schema/relationships/relationship.type";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import type { EventPayload } from "../../src/events/event-map";
import type { GraphqlContext } from "../graphql-context";

/** What an event about an invitation refers to. */
@Resolver(() => eventInterface("InvitationEvent"))
export class InvitationEventResolver {
  @FieldResolver(() => InvitationType, {
    nullable: true,
    description: "The invitation as it is now; null when you may not see it.",
  })
  invitation(@Root() event: EventPayload<"invitation.sent">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.invitation.load(event.invitationId);
  }
}

/** What an accepted invitation refers to besides. */
@Resolver(() => eventObject("invitation.accepted"))
export class InvitationAcceptedEventResolver {
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() event: EventPayload<"invitation.accepted">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }

  @Extensions({ listSize: LIST_BOUNDS.sellers })
  @FieldResolver(() => [RelationshipType], {
    description: "Those of the relationships that you may see, as they are now.",
  })
  async relationships(@Root() event: EventPayload<"invitation.accepted">, @Ctx() ctx: GraphqlContext) {
    const found = await ctx.loaders.relationships.byId.loadMany(
      event.relationshipIds.slice(0, LIST_BOUNDS.sellers),
    );
    return found.filter((relationship) => relationship !== null);
  }
}

import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { eventInterface } from "../../schema/events/event.type";
import { RelationshipType } from "../../schema/relationships/relationship.type";
import type { EventPayload } from "../../src/events/event-map";
import type { GraphqlContext } from "../graphql-context";

/** What an event about a relationship refers to. */
@Resolver(() => eventInterface("RelationshipEvent"))
export class RelationshipEventResolver {
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description:
      "The customer as it is now; null when you can no longer see it. The event itself still says who it was.",
  })
  customer(@Root() event: EventPayload<"relationship.removed">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }

  @FieldResolver(() => RelationshipType, {
    nullable: true,
    description: "The relationship as it is now; null when you may not see it.",
  })
  relationship(@Root() event: EventPayload<"relationship.removed">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.relationships.byId.load(event.relationshipId);
  }
}

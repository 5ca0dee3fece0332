import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { eventInterface } from "../../schema/events/event.type";
import { SubscriptionType } from "../../schema/subscriptions/subscription.type";
import type { EventPayload } from "../../src/events/event-map";
import type { GraphqlContext } from "../graphql-context";

/** What an event about a subscription refers to. */
@Resolver(() => eventInterface("SubscriptionEvent"))
export class SubscriptionEventResolver {
  @FieldResolver(() => SubscriptionType, {
    nullable: true,
    description: "The subscription as it is now; null when you may not see it.",
  })
  subscription(@Root() event: EventPayload<"subscription.created">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.subscriptions.byId.load(event.subscriptionId);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() event: EventPayload<"subscription.created">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }
}

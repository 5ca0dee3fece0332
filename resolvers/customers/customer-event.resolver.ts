import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { eventInterface } from "../../schema/events/event.type";
import type { EventPayload } from "../../src/events/event-map";
import type { GraphqlContext } from "../graphql-context";

/** What an event about a customer refers to. */
@Resolver(() => eventInterface("CustomerEvent"))
export class CustomerEventResolver {
  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer as it is now; null when you may not see it.",
  })
  customer(@Root() event: EventPayload<"customer.added">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(event.customerId);
  }
}

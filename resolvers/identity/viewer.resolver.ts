import { Ctx, FieldResolver, Query, Resolver } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { ViewerType } from "../../schema/identity/viewer.type";
import { PartnerType } from "../../schema/partners/partner.type";
import { permissionsOf } from "../../src/access/allow";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Who am I, and what may I do. */
@Resolver(() => ViewerType)
export class ViewerResolver {
  @Query(() => ViewerType, { description: "Who you are, for which organization, and what you may do." })
  @Allow("viewer.read")
  viewer(@Ctx() { actor }: GraphqlContext) {
    return { agentRoles: [], adminRoles: [], ...actor };
  }

  @FieldResolver(() => [String], { description: "Every permission you have, such as `invitation.create`." })
  permissions(@Ctx() { actor }: GraphqlContext): string[] {
    return permissionsOf(actor);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: "Your partner; null when you work for none.",
  })
  partner(@Ctx() { actor, loaders }: GraphqlContext) {
    return actor.kind === "PARTNER_USER" ? loaders.partner.load(actor.partnerId) : null;
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "Your organization as a customer; null when it is none or you may not see it.",
  })
  customer(@Ctx() { actor, loaders }: GraphqlContext) {
    return actor.kind === "CUSTOMER_USER" ? loaders.customer.load(actor.customerId) : null;
  }
}

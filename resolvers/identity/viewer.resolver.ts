import { Ctx, FieldResolver, Query, Resolver } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { ViewerKind, ViewerType } from "../../schema/identity/viewer.type";
import { UserType } from "../../schema/identity/user.type";
import { PartnerType } from "../../schema/partners/partner.type";
import { isOfCustomer, isOfPartner } from "../../src/access/actor";
import { permissionsOf } from "../../src/access/allow";
import { newestEventCursor } from "../../src/events/follow-events";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Who am I, and what may I do. */
@Resolver(() => ViewerType)
export class ViewerResolver {
  @Query(() => ViewerType, { description: "Who you are, for which organization, and what you may do." })
  @Allow("viewer.read")
  viewer(@Ctx() { actor }: GraphqlContext) {
    const isKey = actor.kind === "PARTNER_KEY" || actor.kind === "CUSTOMER_KEY";
    const email = "email" in actor && actor.email !== "" ? actor.email : null;
    return { agentRoles: [], adminRoles: [], ...actor, email, ...(isKey && { kind: ViewerKind.API_KEY }) };
  }

  @FieldResolver(() => [String], { description: "Every permission you have, such as `invitation.create`." })
  permissions(@Ctx() { actor }: GraphqlContext): string[] {
    return permissionsOf(actor);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "Where your organization's events end now, to be given as `after`: listen from here and miss nothing later. Null when you may not follow events.",
  })
  newestEventCursor(@Ctx() ctx: GraphqlContext) {
    return newestEventCursor(ctx);
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: "Your user; null for an API key, and while your organization is not known here.",
  })
  user(@Ctx() { actor, loaders }: GraphqlContext) {
    return "userId" in actor ? loaders.user.load(actor.userId) : null;
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: "Your partner; null when you work for none.",
  })
  partner(@Ctx() { actor, loaders }: GraphqlContext) {
    return isOfPartner(actor) ? loaders.partner.load(actor.partnerId) : null;
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "Your organization as a customer; null when it is none or you may not see it.",
  })
  customer(@Ctx() { actor, loaders }: GraphqlContext) {
    return isOfCustomer(actor) ? loaders.customer.load(actor.customerId) : null;
  }
}

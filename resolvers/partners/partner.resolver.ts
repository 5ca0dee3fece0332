import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Partner } from "../../entities/partners/partner";
import { PartnerType } from "../../schema/partners/partner.type";
import { listProviders } from "../../src/partners";
import type { GraphqlContext } from "../graphql-context";

/** What hangs on a partner. */
@Resolver(() => PartnerType)
export class PartnerResolver {
  @FieldResolver(() => [PartnerType], {
    description:
      "The indirect providers that your own partner works with, by name; empty on any other partner.",
  })
  indirectProviders(@Root() partner: Partner, @Ctx() ctx: GraphqlContext) {
    return listProviders(ctx, partner);
  }
}

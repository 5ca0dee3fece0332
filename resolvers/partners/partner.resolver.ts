import { Args, Ctx, Extensions, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { Partner } from "../../entities/partners/partner";
import { COUNT_BOUND } from "../../schema/connection.type";
import { IndirectProvidersArgs, PartnerType } from "../../schema/partners/partner.type";
import { countProviders, listProviders } from "../../src/partners";
import type { GraphqlContext } from "../graphql-context";

/** What hangs on a partner. */
@Resolver(() => PartnerType)
export class PartnerResolver {
  @FieldResolver(() => [PartnerType], {
    description:
      "The first of the indirect providers that your own partner works with, by name; empty on any other partner. `indirectProviderCount` says how many there are. Code: FIELD_INVALID.",
  })
  indirectProviders(
    @Root() partner: Partner,
    @Ctx() ctx: GraphqlContext,
    @Args(() => IndirectProvidersArgs) args: IndirectProvidersArgs,
  ) {
    return listProviders(ctx, partner, args);
  }

  @Extensions({ isCount: true })
  @FieldResolver(() => Int, {
    description: `How many indirect providers your own partner works with; 0 on any other partner. ${COUNT_BOUND}`,
  })
  indirectProviderCount(@Root() partner: Partner, @Ctx() ctx: GraphqlContext) {
    return countProviders(ctx, partner);
  }
}

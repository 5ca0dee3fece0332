import { Args, Ctx, Query, Resolver } from "type-graphql";
import { OfferConnection, OffersArgs, OfferType } from "../../schema/catalog/offer.type";
import { listOffers } from "../../src/catalog";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** The catalogue. */
@Resolver(() => OfferType)
export class OfferResolver {
  @Query(() => OfferConnection, {
    nullable: true,
    description: "The offers of the catalogue, by name. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  @Allow("offer.read")
  offers(@Ctx() ctx: GraphqlContext, @Args(() => OffersArgs) args: OffersArgs) {
    return listOffers(ctx, args);
  }
}

import type { Offer } from "../../entities/catalog/offer";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { searchTextProblem } from "../values/search-key";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { countryProblem } from "../values/country";
import { type OfferFilter, pageOfOffers } from "./offer.repository";

/** Which offers, and which page of them. */
export type ListOffers = OfferFilter & PageInput;

/**
 * The catalogue, by name. One index serves the list of one country, another the list of all, and both the beginning
 * of the name; the other filters pass over rows of that range.
 * @throws FIELD_INVALID country, name or catalogue id break a rule
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listOffers(ctx: UseCaseContext, input: ListOffers): Promise<Page<Offer>> {
  new FieldChecks()
    .field("country", typeof input.country === "string" ? countryProblem(input.country) : undefined)
    .text("nameStartsWith", input.nameStartsWith, { max: 200 })
    .field("nameStartsWith", searchTextProblem("nameStartsWith", input.nameStartsWith))
    .text("catalogId", input.catalogId, { max: 100 })
    .done();
  return pageOfOffers(ctx, input, pageRequest(input));
}

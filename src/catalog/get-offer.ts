import { Offer } from "../../entities/catalog/offer";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { FieldChecks } from "../errors/field-checks";
import { findOffer } from "./offer.repository";

/**
 * One offer.
 * @throws OFFER_NOT_FOUND the catalogue has no such offer
 */
export async function getOffer(ctx: UseCaseContext, id: string): Promise<Offer> {
  new FieldChecks().id("id", id, Offer).done();
  return ctx.read((reads) => findOffer(reads, id, "id"));
}

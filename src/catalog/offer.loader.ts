import DataLoader from "dataloader";
import type { Offer } from "../../entities/catalog/offer";
import type { UseCaseContext } from "../context/use-case-context";
import { inOrderOf } from "../database/batching";
import { findOffers } from "./offer.repository";

/** Loads offers by id in batches; null for one that does not exist. */
export type OfferLoader = DataLoader<string, Offer | null>;

/**
 * Makes the loader of one request. It does not ask for `offer.read`: whoever may see a subscription may see what it
 * was bought from, and a customer's user has no permission to list the catalogue.
 */
export function makeOfferLoader(ctx: UseCaseContext): OfferLoader {
  return new DataLoader(async (ids) => {
    return inOrderOf(ids, await ctx.read((reads) => findOffers(reads, ids)));
  });
}

import DataLoader from "dataloader";
import type { Offer } from "../../entities/catalog/offer";
import { allPermissions } from "../access/permissions";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf } from "../database/batching";
import { grantsOf, scopeOf } from "../database/scope";
import { findOffers } from "./offer.repository";

/** Loads offers by id in batches; null for one that does not exist. */
export type OfferLoader = DataLoader<string, Offer | null>;

/** A subscription that somebody gets names its offer. */
const READERS = allPermissions.filter((name) => name === "offer.read" || name.startsWith("subscription."));

/**
 * Makes the loader of one request. Anyone with a permission for subscriptions may see what they were bought from, also a customer's user,
 * who has no permission to list the catalogue, and a caller who has one for a single customer; anybody else without `offer.read` finds nothing.
 */
export function makeOfferLoader(ctx: UseCaseContext): OfferLoader {
  return new DataLoader(async (ids) => {
    const scope = scopeOf(ctx, READERS);
    if (scope.kind === "NONE") return ids.map(() => null);
    return inOrderOf(ids, await ctx.read((reads) => findOffers(reads, ids, grantsOf(scope))));
  });
}

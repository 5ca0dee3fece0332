import DataLoader from "dataloader";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { inOrderOf } from "../database/batching";
import { findVisiblePartners, type VisiblePartner } from "./partner.repository";

/** Loads partners by id in batches, under the caller's own visibility; null for one it may not see. */
export type PartnerLoader = DataLoader<string, VisiblePartner | null>;

/** Makes the loader of one request. */
export function makePartnerLoader(ctx: UseCaseContext): PartnerLoader {
  return new DataLoader(async (ids) => {
    return inOrderOf(ids, await ctx.read((reads) => findVisiblePartners(ctx, reads, ids)));
  });
}

import DataLoader from "dataloader";
import type { Partner } from "../../entities/partners/partner";
import type { UseCaseContext } from "../context/use-case-context";
import { findVisiblePartners } from "./partner.repository";

/** Loads partners by id in batches, under the caller's own visibility; null for one it may not see. */
export type PartnerLoader = DataLoader<string, Partner | null>;

/** Makes the loader of one request. */
export function makePartnerLoader(ctx: UseCaseContext): PartnerLoader {
  return new DataLoader(async (ids) => {
    const partners = await ctx.read((reads) => findVisiblePartners(ctx.actor, reads, ids));
    const byId = new Map(partners.map((partner) => [partner.id, partner]));
    return ids.map((id) => byId.get(id) ?? null);
  });
}

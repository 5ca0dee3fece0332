import type { Partner } from "../../entities/partners/partner";
import { isOfPartner } from "../access/actor";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type FirstInput, pageRequest } from "../errors/field-checks";
import { LIST_BOUNDS } from "../errors/list-bounds";
import { countProvidersOf, findProvidersOf, maySeePartners } from "./partner.repository";

/**
 * The first indirect providers by name that the caller's own partner works with; none for anybody else's partner.
 * @throws FIELD_INVALID `first` is outside 1..500
 */
export async function listProviders(
  ctx: UseCaseContext,
  partner: Partner,
  input: FirstInput,
): Promise<Partner[]> {
  const { first } = pageRequest(input, LIST_BOUNDS.indirectProviders);
  if (!isOwn(ctx, partner)) return [];
  return ctx.read((reads) => findProvidersOf(reads, partner.id, first));
}

/** How many indirect providers the caller's own partner works with, MAX_COUNT + 1 at most; 0 for anybody else's partner. */
export async function countProviders(ctx: UseCaseContext, partner: Partner): Promise<number> {
  return isOwn(ctx, partner) ? ctx.read((reads) => countProvidersOf(reads, partner.id)) : 0;
}

function isOwn({ actor }: UseCaseContext, { id }: Partner): boolean {
  return isOfPartner(actor) && maySeePartners(actor) && actor.partnerId === id;
}

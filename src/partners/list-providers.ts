import type { Partner } from "../../entities/partners/partner";
import { isOfPartner } from "../access/actor";
import type { UseCaseContext } from "../context/use-case-context";
import { findProvidersOf, maySeePartners } from "./partner.repository";

/** The indirect providers that the caller's own partner works with; none for anybody else's partner. */
export async function listProviders(ctx: UseCaseContext, partner: Partner): Promise<Partner[]> {
  const { actor } = ctx;
  if (!isOfPartner(actor) || !maySeePartners(actor) || actor.partnerId !== partner.id) return [];
  return ctx.read((reads) => findProvidersOf(reads, partner.id));
}

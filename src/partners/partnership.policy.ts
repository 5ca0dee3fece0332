import { type Partner, ProgrammeRole } from "../../entities/partners/partner";
import type { DomainError } from "../errors/domain-error";
import { inSameMarket } from "../values/market";
import { partnerErrors } from "./partner.errors";

type Side = Pick<Partner, "programmeRole" | "cloud" | "country">;

/** Everything that keeps two partners from being indirect provider and indirect reseller (docs/sources.md, partnerships). */
export function partnershipRefusals(provider: Side, reseller: Side): DomainError[] {
  const refuse = (message: string, field: string) =>
    partnerErrors.PARTNERSHIP_NOT_POSSIBLE(message, { field });
  const refusals: DomainError[] = [];
  if (provider.programmeRole !== ProgrammeRole.INDIRECT_PROVIDER) {
    const message = `providerId must name an INDIRECT_PROVIDER; this partner is ${provider.programmeRole}.`;
    refusals.push(refuse(message, "providerId"));
  }
  if (reseller.programmeRole !== ProgrammeRole.INDIRECT_RESELLER) {
    const message = `resellerId must name an INDIRECT_RESELLER; this partner is ${reseller.programmeRole}.`;
    refusals.push(refuse(message, "resellerId"));
  }
  if (provider.cloud !== reseller.cloud) {
    const message = `resellerId names a partner in ${reseller.cloud}; the provider is in ${provider.cloud}. Both must live in one cloud.`;
    refusals.push(refuse(message, "resellerId"));
  }
  if (!inSameMarket(provider.country, reseller.country)) {
    const message = `resellerId names a partner in ${reseller.country}, outside the market of the provider's country ${provider.country}.`;
    refusals.push(refuse(message, "resellerId"));
  }
  return refusals;
}

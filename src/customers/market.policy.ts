import type { Cloud, Partner } from "../../entities/partners/partner";
import type { DomainError } from "../errors/domain-error";
import { inSameMarket, regionOf } from "../values/market";
import { customerErrors } from "./customer.errors";

/** Why a partner may not sell to an organization there; nothing when it may (docs/sources.md, markets, clouds). */
export function marketRefusal(
  partner: Partner,
  place: { country: string; cloud: Cloud },
  field?: string,
): DomainError | undefined {
  if (partner.cloud !== place.cloud) {
    return customerErrors.CUSTOMER_IN_OTHER_CLOUD(
      `${partner.name} is in the cloud ${partner.cloud}, the customer in ${place.cloud}; both must be in one.`,
      { field },
    );
  }
  if (!inSameMarket(partner.country, place.country)) {
    return customerErrors.CUSTOMER_IN_OTHER_MARKET(
      `${partner.name} sells in ${regionOf(partner.country) ?? partner.country}; a customer in ${place.country} is outside that market.`,
      { field },
    );
  }
  return undefined;
}

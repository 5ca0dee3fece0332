import { BillingCycle, type Offer } from "../../entities/catalog/offer";
import type { Subscription } from "../../entities/subscriptions/subscription";
import type { DomainError } from "../errors/domain-error";
import { subscriptionErrors } from "./subscription.errors";

/** Why this offer cannot be sold to a customer of this country; nothing when it can (docs/sources.md, catalogue). */
export function offerRefusal(offer: Offer, country: string): DomainError | undefined {
  if (!offer.isAvailableForPurchase) {
    return subscriptionErrors.OFFER_NOT_AVAILABLE(`${offer.name} is no longer sold.`, { field: "offerId" });
  }
  if (offer.country !== country) {
    return subscriptionErrors.OFFER_NOT_IN_COUNTRY(
      `${offer.name} is an offer for ${offer.country}; the customer is in ${country}. Take the offer of that country.`,
      { field: "offerId", details: { allowed: [offer.country] } },
    );
  }
  return undefined;
}

/** Why this many cannot be bought; nothing when they can (docs/sources.md, error codes: 900275). */
export function quantityRefusal(offer: Offer, quantity: number): DomainError | undefined {
  const { minimumQuantity: minimum, maximumQuantity: maximum } = offer;
  if (quantity >= minimum && quantity <= maximum) return undefined;
  return subscriptionErrors.QUANTITY_OUT_OF_RANGE(
    `quantity must be from ${minimum} to ${maximum} for ${offer.name}; it is ${quantity}.`,
    { field: "quantity", details: { minimum, maximum } },
  );
}

/** The cycle to bill in: the one asked for, or the offer's first; an offer without any is not billed by time. */
export function billingCycleOf(
  offer: Offer,
  asked: BillingCycle | null | undefined,
): BillingCycle | DomainError {
  const allowed = offer.supportedBillingCycles;
  const cycle = asked ?? allowed[0] ?? BillingCycle.NONE;
  if (!asked || allowed.includes(asked)) return cycle;
  return subscriptionErrors.BILLING_CYCLE_NOT_SUPPORTED(
    `${offer.name} cannot be billed ${asked}. It takes one of: ${allowed.join(", ")}.`,
    { field: "billingCycle", details: { allowed } },
  );
}

/** Why an add-on cannot be bought yet; nothing when the customer has what it builds on (docs/sources.md, subscription life cycle). */
export function prerequisiteRefusal(offer: Offer, ownedCatalogIds: Set<string>): DomainError | undefined {
  const needed = offer.prerequisiteCatalogIds;
  if (!offer.isAddOn || needed.length === 0 || needed.some((id) => ownedCatalogIds.has(id))) return undefined;
  return subscriptionErrors.PREREQUISITE_MISSING(
    `${offer.name} is an add-on: the customer needs an active subscription of one of ${needed.length} offers first.`,
    { field: "offerId", details: { allowed: needed } },
  );
}

/** Why the subscription cannot renew by itself; nothing when it can (docs/sources.md, error codes: 800093). */
export function autoRenewalRefusal(offer: Offer): DomainError | undefined {
  if (offer.isAutoRenewable) return undefined;
  return subscriptionErrors.AUTO_RENEWAL_NOT_SUPPORTED(
    `${offer.name} cannot renew by itself. Create a new subscription when this one has ended.`,
    { field: "autoRenewEnabled" },
  );
}

/** Whose relationships with the customer a subscription was sold through. */
export function sellersOf({ partnerId, resellerId }: Pick<Subscription, "partnerId" | "resellerId">) {
  return resellerId ? [partnerId, resellerId] : [partnerId];
}

/** Why a subscription cannot come back to life, given the customer's resellers; nothing when it can. */
export function sellersRefusal(
  subscription: Pick<Subscription, "partnerId" | "resellerId">,
  activeSellers: ReadonlySet<string>,
): DomainError | undefined {
  if (sellersOf(subscription).every((partnerId) => activeSellers.has(partnerId))) return undefined;
  return subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND(
    "The relationship that this subscription was sold through has ended. Invite the customer again first.",
    { field: "subscriptionId" },
  );
}

/**
 * Why a partner cannot change what it sold, given whether it is the customer's reseller now: without the relationship it reads, and no
 * more (ADR 0006).
 */
export function formerSellerRefusal(isSeller: boolean): DomainError | undefined {
  if (isSeller) return undefined;
  return subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND(
    "Your relationship with this customer has ended: you may still read the subscription, not change it. Invite the customer again first.",
    { field: "subscriptionId" },
  );
}

import { Customer } from "../../entities/customers/customer";
import { type BillingCycle, Offer } from "../../entities/catalog/offer";
import { Partner } from "../../entities/partners/partner";
import { Subscription, SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import { findOffer, offerErrors } from "../catalog";
import { newId } from "../values/ids";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import type { Transaction } from "../unit-of-work/transaction";
import { DomainError } from "../errors/domain-error";
import { FieldChecks } from "../errors/field-checks";
import { getCustomer, organizationErrors } from "../organizations";
import { lockActiveRelationships } from "../relationships";
import { recordSubscription } from "./subscription-event-payload";
import { dueAt, firstTerm } from "./subscription-term.lifecycle";
import { findActiveCatalogIds } from "./active-subscriptions";
import { subscriptionErrors } from "./subscription.errors";
import { billingCycleOf, offerRefusal, prerequisiteRefusal, quantityRefusal } from "./subscription.policy";

/** What to buy for whom. */
export interface CreateSubscription {
  customerId: string;
  offerId: string;
  quantity: number;
  /** One of the offer's cycles; the offer's first when absent. */
  billingCycle?: BillingCycle | null;
  friendlyName?: string | null;
  /** The indirect reseller of record, for an indirect provider that buys for that reseller's customer. */
  resellerId?: string | null;
  idempotencyKey?: string | null;
}

/**
 * Buys a subscription from an offer for a customer that the partner has an active relationship with.
 */
export const createSubscription = defineMutation(
  {
    name: "createSubscription",
    permission: "subscription.create",
    description: "Buys a subscription from an offer for a customer.",
    codes: [
      generalErrors.ID_MALFORMED,
      subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND,
      organizationErrors.PARTNER_NOT_FOUND,
      offerErrors.OFFER_NOT_FOUND,
      subscriptionErrors.OFFER_NOT_AVAILABLE,
      subscriptionErrors.OFFER_NOT_IN_COUNTRY,
      subscriptionErrors.QUANTITY_OUT_OF_RANGE,
      subscriptionErrors.BILLING_CYCLE_NOT_SUPPORTED,
      subscriptionErrors.PREREQUISITE_MISSING,
      generalErrors.FIELD_INVALID,
    ],
    events: ["subscription.created"],
  },
  async (ctx, input: CreateSubscription): Promise<{ subscription: Subscription }> => {
    const actor = asPartner(ctx.actor);
    new FieldChecks()
      .id("customerId", input.customerId, Customer)
      .id("offerId", input.offerId, Offer)
      .id("resellerId", input.resellerId, Partner)
      .text("friendlyName", input.friendlyName, { max: 300 })
      .done();
    return ctx.transaction(async (tx) => {
      const { customerId, resellerId } = input;
      for (const require of ctx.contributions.purchaseRequirements)
        await require(tx, { caller: ctx, partnerId: actor.partnerId, customerId, resellerId });
      await requireRelationships(tx, actor.partnerId, input);
      const customer = await getCustomer(tx, input.customerId);
      const offer = await findOffer(tx, input.offerId);
      const billingCycle = billingCycleOf(offer, input.billingCycle);
      new FieldChecks()
        .refusal(offerRefusal(offer, customer.country))
        .refusal(quantityRefusal(offer, input.quantity))
        .refusal(billingCycle instanceof DomainError ? billingCycle : undefined)
        .refusal(
          prerequisiteRefusal(
            offer,
            await findActiveCatalogIds(tx, input.customerId, offer.prerequisiteCatalogIds),
          ),
        )
        .done();
      const row = newSubscription(tx, actor.partnerId, input, offer, billingCycle as BillingCycle);
      const subscription = await tx.insert(Subscription, row);
      recordSubscription(tx, "subscription.created", subscription);
      return { subscription };
    });
  },
);

async function requireRelationships(
  tx: Transaction,
  partnerId: string,
  input: CreateSubscription,
): Promise<void> {
  const sellers = input.resellerId ? [partnerId, input.resellerId] : [partnerId];
  const relationships = await lockActiveRelationships(tx, input.customerId, sellers);
  const missing = sellers.find((seller) => !relationships.some((row) => row.partnerId === seller));
  if (missing === partnerId) {
    throw subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND(
      "You have no active relationship with such a customer.",
      {
        field: "customerId",
      },
    );
  }
  if (missing) {
    throw subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND(
      "That reseller has no active relationship with the customer.",
      { field: "resellerId" },
    );
  }
}

function newSubscription(
  tx: Transaction,
  partnerId: string,
  input: CreateSubscription,
  offer: Offer,
  billingCycle: BillingCycle,
): Subscription {
  const status = SubscriptionStatus.ACTIVE;
  const term = firstTerm(tx.now, offer.termDuration, input.quantity);
  return {
    id: newId(Subscription),
    customerId: input.customerId,
    partnerId,
    resellerId: input.resellerId ?? null,
    offerId: offer.id,
    offerName: offer.name,
    friendlyName: input.friendlyName?.trim() || offer.name,
    quantity: input.quantity,
    unitType: offer.unitType,
    status,
    suspensionReasons: [],
    autoRenewEnabled: offer.isAutoRenewable,
    isTrial: offer.isTrial,
    billingType: offer.billingType,
    billingCycle,
    termDuration: offer.termDuration,
    ...term,
    dueAt: dueAt({ status, ...term }),
    createdAt: tx.now,
    updatedAt: tx.now,
    version: 1,
  };
}

import { Subscription } from "../../entities/subscriptions/subscription";
import { columnProperties, columnsReader, type PartOf, type RowFor } from "../database/projections";

/** A subscription of which no more was read than what the wanted fields are made of. */
export type SubscriptionPart = PartOf<Subscription, "id" | "customerId">;

const IN_TERM = ["status", "startsAt", "termEndsAt", "autoRenewEnabled"] as const;

/** What is read of a subscription for these fields of its GraphQL type. */
export const subscriptionColumns = columnsReader<Subscription>()(
  () => columnProperties(Subscription),
  ["id", "customerId"],
  {
    customer: ["customerId"],
    partner: ["partnerId"],
    reseller: ["resellerId"],
    offer: ["offerId"],
    cancellationAllowedUntil: IN_TERM,
    refundableQuantity: ["refundableBatches"],
    actions: [...IN_TERM, "customerId", "partnerId", "resellerId"],
  },
);

/** What a computed field of CustomerSubscription has of its row. */
export type SubscriptionFor<Field extends keyof typeof subscriptionColumns.computed> = RowFor<
  typeof subscriptionColumns,
  Field
>;

import { SubscriptionStatus } from "../../../entities/subscriptions/subscription";
import { defineEvents } from "./event-definition";

/** Events about subscriptions. */
export const subscriptionEvents = defineEvents(
  {
    interfaceName: "SubscriptionEvent",
    description: "Something that happened to a subscription.",
    payload: {
      subscriptionId: { type: "ID", meaning: "The subscription's id." },
      customerId: { type: "ID", meaning: "The customer's id." },
      partnerId: { type: "ID", meaning: "Id of the partner that sold it." },
      resellerId: { type: "ID", nullable: true, meaning: "The indirect reseller of record's id." },
      offerId: { type: "ID", meaning: "The offer's id." },
      offerName: { type: "String", meaning: "Name of the offer." },
      quantity: { type: "Int", meaning: "How many." },
      status: { type: SubscriptionStatus, meaning: "Its status then." },
      termEndsAt: { type: "DateTime", meaning: "The last millisecond of its term, as it was then." },
      autoRenewEnabled: {
        type: "Boolean",
        meaning: "Whether it was to renew itself when its term ends.",
      },
    },
    audience: ["customerId", "partnerId", "resellerId"],
    realNames: ["subscription-updated"],
  },
  {
    "subscription.created": { meaning: "A partner bought a subscription for a customer." },
    "subscription.changed": {
      meaning:
        "A subscription's quantity or auto-renewal was changed; or some time after its last term it was disabled, or deleted. A new name alone is no event.",
      payload: {
        previousQuantity: {
          type: "Int",
          nullable: true,
          meaning: "How many there were before; null when that did not change.",
        },
      },
    },
    "subscription.suspended": { meaning: "A subscription was suspended; its users have no access." },
    "subscription.reactivated": { meaning: "A suspended subscription is active again." },
    "subscription.cancelled": { meaning: "A subscription was cancelled; it does not come back." },
    "subscription.renewed": { meaning: "A subscription's term ended and a new one began." },
    "subscription.expired": { meaning: "A subscription's term ended, and it was not to be renewed." },
  },
);

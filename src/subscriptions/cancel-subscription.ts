import { Subscription } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import { subscriptionErrors } from "./subscription.errors";
import { generalErrors } from "../errors/general.errors";
import { lockActiveRelationshipWith } from "../relationships";
import { defineMutation } from "../unit-of-work/mutation";
import { checkSubscriptionId, lockToChange, type WhichSubscription } from "./lock-to-change";
import { recordSubscription } from "./subscription-event-payload";
import { entering } from "./subscription-term.lifecycle";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { formerSellerRefusal } from "./subscription.policy";
import { customerOfSubscription } from "./subscription.repository";

/**
 * Ends a subscription for good, within 7 days of the start of its first term or of a renewal: the users lose their
 * access at once (docs/sources.md, subscription life cycle).
 */
export const cancelSubscription = defineMutation(
  {
    name: "cancelSubscription",
    permission: "subscription.cancel",
    description:
      "Ends a subscription for good, within 7 days of the purchase or of a renewal: its users lose their access at once. Later, turn auto-renewal off or suspend it.",
    codes: [
      generalErrors.ID_MALFORMED,
      subscriptionErrors.SUBSCRIPTION_NOT_FOUND,
      [subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND, "your relationship with the customer has ended"],
      subscriptionErrors.SUBSCRIPTION_NOT_ACTIVE,
      subscriptionErrors.SUBSCRIPTION_TERM_ENDED,
      subscriptionErrors.CANCELLATION_PERIOD_OVER,
      generalErrors.STALE_VERSION,
    ],
    events: ["subscription.cancelled"],
  },
  async (ctx, input: WhichSubscription): Promise<{ subscription: Subscription }> => {
    const actor = asPartner(ctx.actor);
    checkSubscriptionId(input).done();
    return ctx.transaction(async (tx) => {
      // Relationship before subscription, as removeRelationship locks them: else the two could wait for each other.
      const relationship = await lockActiveRelationshipWith(
        tx,
        actor.partnerId,
        customerOfSubscription(input.subscriptionId),
      );
      const found = await lockToChange(tx, ctx, input);
      const status = subscriptionLifecycle.cancel(found, tx.now);
      const refusal = formerSellerRefusal(relationship !== null);
      if (refusal) throw refusal;
      const subscription = await tx.update(Subscription, found, entering(found, status));
      recordSubscription(tx, "subscription.cancelled", subscription);
      return { subscription };
    });
  },
);

import { Subscription } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import { subscriptionErrors } from "./subscription.errors";
import { generalErrors } from "../errors/general.errors";
import { lockActiveRelationships } from "../relationships";
import { defineMutation } from "../unit-of-work/mutation";
import {
  checkSubscriptionId,
  lockToChange,
  subscriptionNotFound,
  type WhichSubscription,
} from "./lock-to-change";
import { recordSubscription } from "./subscription-event-payload";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { sellersOf, sellersRefusal } from "./subscription.policy";
import { findVisibleSubscription } from "./subscription.repository";

/**
 * Gives the users their access back before the term ends; auto-renewal stays off until it is set (docs/sources.md, subscription life cycle).
 * It takes the relationships that the subscription was sold through.
 */
export const reactivateSubscription = defineMutation(
  {
    name: "reactivateSubscription",
    permission: "subscription.reactivate",
    description: "Gives the users their access back before the term ends; auto-renewal stays off.",
    codes: [
      generalErrors.ID_MALFORMED,
      subscriptionErrors.SUBSCRIPTION_NOT_FOUND,
      subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND,
      subscriptionErrors.SUBSCRIPTION_NOT_SUSPENDED,
      subscriptionErrors.SUBSCRIPTION_TERM_ENDED,
      generalErrors.STALE_VERSION,
    ],
    events: ["subscription.reactivated"],
  },
  async (ctx, input: WhichSubscription): Promise<{ subscription: Subscription }> => {
    asPartner(ctx.actor);
    checkSubscriptionId(input).done();
    return ctx.transaction(async (tx) => {
      const known = await findVisibleSubscription(ctx, tx, input.subscriptionId);
      if (!known) throw subscriptionNotFound();
      // Relationship before subscription, as removeRelationship locks them: else the two could wait for each other.
      const relationships = await lockActiveRelationships(tx, known.customerId, sellersOf(known));
      const found = await lockToChange(tx, ctx, input);
      const status = subscriptionLifecycle.reactivate(found, tx.now);
      const refusal = sellersRefusal(found, new Set(relationships.map(({ partnerId }) => partnerId)));
      if (refusal) throw refusal;
      const subscription = await tx.update(Subscription, found, { status, suspensionReasons: [] });
      recordSubscription(tx, "subscription.reactivated", subscription);
      return { subscription };
    });
  },
);

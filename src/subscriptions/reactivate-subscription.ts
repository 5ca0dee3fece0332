import { Subscription } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import {
  checkSubscriptionId,
  lockToChange,
  subscriptionNotFound,
  type WhichSubscription,
} from "./lock-to-change";
import { subscriptionAudience, subscriptionFacts } from "./subscription-facts";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { sellersOf, sellersRefusal } from "./subscription.policy";
import { findVisibleSubscription, lockActiveRelationships } from "./subscription.repository";

/**
 * Gives the users their access back before the term ends; auto-renewal stays off until it is set (domain.md 11.3).
 * It takes the relationships that the subscription was sold through.
 * @throws SUBSCRIPTION_NOT_FOUND no such subscription for this caller
 * @throws SUBSCRIPTION_CUSTOMER_NOT_FOUND the relationship it was sold through has ended
 * @throws SUBSCRIPTION_NOT_SUSPENDED it is not suspended
 * @throws SUBSCRIPTION_TERM_ENDED its term is over
 * @throws STALE_VERSION it changed since it was read
 */
export async function reactivateSubscription(
  ctx: UseCaseContext,
  input: WhichSubscription,
): Promise<{ subscription: Subscription }> {
  const actor = asPartner(ctx.actor);
  checkSubscriptionId(input).done();
  return ctx.transaction(
    async (tx) => {
      const known = await findVisibleSubscription(actor, tx, input.subscriptionId);
      if (!known) throw subscriptionNotFound();
      // Relationship before subscription, as removeRelationship locks them: else the two could wait for each other.
      const relationships = await lockActiveRelationships(tx, known.customerId, sellersOf(known));
      const found = await lockToChange(tx, actor, input);
      const status = subscriptionLifecycle.reactivate(found, tx.now);
      const refusal = sellersRefusal(found, new Set(relationships.map(({ partnerId }) => partnerId)));
      if (refusal) throw refusal;
      const subscription = await tx.update(Subscription, found, { status, suspensionReasons: [] });
      tx.record(
        "subscription.reactivated",
        subscriptionFacts(subscription),
        subscriptionAudience(subscription),
      );
      return { subscription };
    },
    { operation: "reactivateSubscription", key: input.idempotencyKey, input },
  );
}

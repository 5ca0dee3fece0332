import { Subscription } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { checkSubscriptionId, lockToChange, type WhichSubscription } from "./lock-to-change";
import { subscriptionAudience, subscriptionFacts } from "./subscription-facts";
import { entering } from "./subscription-term.lifecycle";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { formerSellerRefusal } from "./subscription.policy";
import { lockOwnActiveRelationship } from "./subscription.repository";

/**
 * Ends a subscription for good, within 7 days of the start of its first term or of a renewal: the users lose their
 * access at once (domain.md 11.3).
 * @throws SUBSCRIPTION_NOT_FOUND no such subscription for this caller
 * @throws SUBSCRIPTION_CUSTOMER_NOT_FOUND the caller's relationship with the customer has ended: it may only read
 * @throws SUBSCRIPTION_NOT_ACTIVE it is neither active nor suspended
 * @throws SUBSCRIPTION_TERM_ENDED its term is over
 * @throws CANCELLATION_PERIOD_OVER the 7 days are over; says until when it was and what can be done instead
 * @throws STALE_VERSION it changed since it was read
 */
export async function cancelSubscription(
  ctx: UseCaseContext,
  input: WhichSubscription,
): Promise<{ subscription: Subscription }> {
  const actor = asPartner(ctx.actor);
  checkSubscriptionId(input).done();
  return ctx.transaction(
    async (tx) => {
      // Relationship before subscription, as removeRelationship locks them: else the two could wait for each other.
      const relationship = await lockOwnActiveRelationship(tx, actor.partnerId, input.subscriptionId);
      const found = await lockToChange(tx, actor, input);
      const status = subscriptionLifecycle.cancel(found, tx.now);
      const refusal = formerSellerRefusal(relationship !== null);
      if (refusal) throw refusal;
      const subscription = await tx.update(Subscription, found, entering(found, status));
      tx.record(
        "subscription.cancelled",
        subscriptionFacts(subscription),
        subscriptionAudience(subscription),
      );
      return { subscription };
    },
    { operation: "cancelSubscription", key: input.idempotencyKey, input },
  );
}

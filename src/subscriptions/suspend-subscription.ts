import { Subscription, SuspensionReason } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { checkSubscriptionId, lockToChange, type WhichSubscription } from "./lock-to-change";
import { subscriptionAudience, subscriptionFacts } from "./subscription-facts";
import * as subscriptionLifecycle from "./subscription.lifecycle";

/**
 * Takes the users' access away and turns auto-renewal off; billing goes on (domain.md 11.3).
 * @throws SUBSCRIPTION_NOT_FOUND no such subscription for this caller
 * @throws SUBSCRIPTION_NOT_ACTIVE it is not active
 * @throws SUBSCRIPTION_TERM_ENDED its term is over
 * @throws STALE_VERSION it changed since it was read
 */
export async function suspendSubscription(
  ctx: UseCaseContext,
  input: WhichSubscription,
): Promise<{ subscription: Subscription }> {
  const actor = asPartner(ctx.actor);
  checkSubscriptionId(input).done();
  return ctx.transaction(
    async (tx) => {
      const found = await lockToChange(tx, actor, input);
      const subscription = await tx.update(Subscription, found, {
        status: subscriptionLifecycle.suspend(found, tx.now),
        suspensionReasons: [SuspensionReason.PARTNER],
        autoRenewEnabled: false,
      });
      tx.record(
        "subscription.suspended",
        subscriptionFacts(subscription),
        subscriptionAudience(subscription),
      );
      return { subscription };
    },
    { operation: "suspendSubscription", key: input.idempotencyKey, input },
  );
}

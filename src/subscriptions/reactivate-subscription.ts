import { Subscription } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { ensureVersion } from "../database/transaction";
import { FieldChecks } from "../errors/field-checks";
import { subscriptionAudience, subscriptionFacts } from "./subscription-facts";
import { subscriptionErrors } from "./subscription.errors";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import {
  findVisibleSubscription,
  lockActiveRelationships,
  lockVisibleSubscription,
} from "./subscription.repository";
import { type ChangeSubscription, subscriptionNotFound } from "./suspend-subscription";

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
  input: ChangeSubscription,
): Promise<{ subscription: Subscription }> {
  const actor = asPartner(ctx.actor);
  new FieldChecks().id("subscriptionId", input.subscriptionId, "subscription").done();
  return ctx.transaction(
    async (tx) => {
      const known = await findVisibleSubscription(actor, tx, input.subscriptionId);
      if (!known) throw subscriptionNotFound();
      // Relationship before subscription, as removeRelationship locks them: else the two could wait for each other.
      const sellers = known.resellerId ? [known.partnerId, known.resellerId] : [known.partnerId];
      const relationships = await lockActiveRelationships(tx, known.customerId, sellers);
      const found = await lockVisibleSubscription(actor, tx, input.subscriptionId);
      if (!found) throw subscriptionNotFound();
      ensureVersion(found, input.expectedVersion);
      const status = subscriptionLifecycle.reactivate(found, tx.now);
      if (relationships.length < sellers.length) {
        throw subscriptionErrors.SUBSCRIPTION_CUSTOMER_NOT_FOUND(
          "The relationship that this subscription was sold through has ended. Invite the customer again first.",
          { field: "subscriptionId" },
        );
      }
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

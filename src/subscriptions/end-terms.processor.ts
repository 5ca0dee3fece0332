import { Subscription } from "../../entities/subscriptions/subscription";
import type { DueRows } from "../jobs/due-rows";
import { subscriptionEventPayload } from "./subscription-event-payload";
import { advanceTerm } from "./subscription-term.lifecycle";
import { findDueSubscriptions, lockDueSubscriptions } from "./subscription.repository";

/**
 * Renews or expires subscriptions whose term is over, and disables and deletes them later on (docs/sources.md, subscription life cycle). Each step
 * has its event; of several terms that were missed, each has its own.
 */
export const endedTerms: DueRows = {
  operation: "endSubscriptionTerms",
  does: "Renews or expires subscriptions whose term is over, and later disables and deletes those that ended.",
  find: findDueSubscriptions,
  process: async (tx, ids) => {
    for (const found of await lockDueSubscriptions(tx, ids)) {
      const passage = advanceTerm(found, tx.now);
      if (!passage) continue;
      const subscription = await tx.update(Subscription, found, passage.changes);
      const payload = subscriptionEventPayload(subscription);
      if (passage.event === "subscription.changed")
        tx.record(passage.event, { ...payload, previousQuantity: null });
      else tx.record(passage.event, payload);
    }
  },
};

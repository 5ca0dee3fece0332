import { Subscription } from "../../entities/subscriptions/subscription";
import type { DueWork } from "../jobs/due-rows";
import { subscriptionAudience, subscriptionFacts } from "./subscription-facts";
import { passTime } from "./subscription-term.lifecycle";
import { findDueSubscriptions, lockDueSubscriptions } from "./subscription.repository";

/**
 * Renews or expires subscriptions whose term is over, and disables and deletes them later on (docs/sources.md, subscription life cycle). Each step
 * has its event; of several terms that were missed, each has its own.
 */
export const endedTerms: DueWork = {
  operation: "endSubscriptionTerms",
  find: findDueSubscriptions,
  settle: async (tx, ids) => {
    for (const found of await lockDueSubscriptions(tx, ids)) {
      const passage = passTime(found, tx.now);
      if (!passage) continue;
      const subscription = await tx.update(Subscription, found, passage.changes);
      const facts = subscriptionFacts(subscription);
      const audience = subscriptionAudience(subscription);
      if (passage.event === "subscription.changed")
        tx.record(passage.event, { ...facts, previousQuantity: null }, audience);
      else tx.record(passage.event, facts, audience);
    }
  },
};

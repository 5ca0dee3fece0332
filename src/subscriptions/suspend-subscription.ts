import { Subscription, SuspensionReason } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { ensureVersion } from "../database/transaction";
import { FieldChecks } from "../errors/field-checks";
import { subscriptionAudience, subscriptionFacts } from "./subscription-facts";
import { subscriptionErrors } from "./subscription.errors";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { lockVisibleSubscription } from "./subscription.repository";

/** Which subscription, and the version the caller read. */
export interface ChangeSubscription {
  subscriptionId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Takes the users' access away and turns auto-renewal off; billing goes on (domain.md 11.3).
 * @throws SUBSCRIPTION_NOT_FOUND no such subscription for this caller
 * @throws SUBSCRIPTION_NOT_ACTIVE it is not active
 * @throws STALE_VERSION it changed since it was read
 */
export async function suspendSubscription(
  ctx: UseCaseContext,
  input: ChangeSubscription,
): Promise<{ subscription: Subscription }> {
  const actor = asPartner(ctx.actor);
  new FieldChecks().id("subscriptionId", input.subscriptionId, "subscription").done();
  return ctx.transaction(
    async (tx) => {
      const found = await lockVisibleSubscription(actor, tx, input.subscriptionId);
      if (!found) throw subscriptionNotFound();
      ensureVersion(found, input.expectedVersion);
      const subscription = await tx.update(Subscription, found, {
        status: subscriptionLifecycle.suspend(found),
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

/** What a caller learns of a subscription that is not there or not its own: the same. */
export function subscriptionNotFound() {
  return subscriptionErrors.SUBSCRIPTION_NOT_FOUND("There is no such subscription that you may see.", {
    field: "subscriptionId",
  });
}

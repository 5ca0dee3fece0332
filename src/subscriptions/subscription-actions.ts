import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { organizationOf } from "../access/actor";
import { ensureMayUse } from "../access/allow";
import type { Permission } from "../access/permissions";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { DomainError } from "../errors/domain-error";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { formerSellerRefusal, sellersRefusal } from "./subscription.policy";
import type { SubscriptionFor } from "./subscription-columns";

/** What can be done with a subscription. */
export type SubscriptionVerb = "CHANGE" | "SUSPEND" | "REACTIVATE" | "CANCEL";

/** Whether the caller can do it now, and the code and message that its mutation would answer if not. */
export interface SubscriptionAction {
  action: SubscriptionVerb;
  allowed: boolean;
  code: string | null;
  reason: string | null;
}

/**
 * What the caller can do with a subscription now, by the permissions, the lifecycle and the policy that the mutations
 * use. The customer's resellers are asked for only where it depends on them.
 */
export function actionsOf(
  ctx: UseCaseContext,
  subscription: SubscriptionFor<"actions">,
  findActiveSellers: () => Promise<ReadonlySet<string>>,
): Promise<SubscriptionAction[]> {
  const now = ctx.now();
  const tryOne = async (
    action: SubscriptionVerb,
    permission: Permission,
    ensure: () => unknown,
  ): Promise<SubscriptionAction> => {
    try {
      ensureMayUse(ctx.actor, permission, ctx.matrix);
      await ensure();
      return { action, allowed: true, code: null, reason: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { action, allowed: false, code: error.code, reason: error.message };
    }
  };
  return Promise.all([
    tryOne("CHANGE", "subscription.change", () => subscriptionLifecycle.ensureChangeable(subscription, now)),
    tryOne("SUSPEND", "subscription.suspend", () => subscriptionLifecycle.suspend(subscription, now)),
    tryOne("REACTIVATE", "subscription.reactivate", async () => {
      subscriptionLifecycle.reactivate(subscription, now);
      const refusal = sellersRefusal(subscription, await findActiveSellers());
      if (refusal) throw refusal;
    }),
    tryOne("CANCEL", "subscription.cancel", async () => {
      subscriptionLifecycle.cancel(subscription, now);
      // As long as it is active its relationships cannot be removed.
      if (subscription.status === SubscriptionStatus.ACTIVE) return;
      const sellers = await findActiveSellers();
      const refusal = formerSellerRefusal(sellers.has(organizationOf(ctx.actor) ?? ""));
      if (refusal) throw refusal;
    }),
  ]);
}

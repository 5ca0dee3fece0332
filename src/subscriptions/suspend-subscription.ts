import { Subscription, SuspensionReason } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import { subscriptionErrors } from "./subscription.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { checkSubscriptionId, lockToChange, type WhichSubscription } from "./lock-to-change";
import { recordSubscription } from "./subscription-event-payload";
import * as subscriptionLifecycle from "./subscription.lifecycle";

/**
 * Takes the users' access away and turns auto-renewal off; billing goes on (docs/sources.md, subscription life cycle).
 */
export const suspendSubscription = defineMutation(
  {
    name: "suspendSubscription",
    permission: "subscription.suspend",
    description:
      "Takes the users' access away and turns auto-renewal off; billing goes on until the term ends.",
    codes: [
      generalErrors.ID_MALFORMED,
      subscriptionErrors.SUBSCRIPTION_NOT_FOUND,
      subscriptionErrors.SUBSCRIPTION_NOT_ACTIVE,
      subscriptionErrors.SUBSCRIPTION_TERM_ENDED,
      generalErrors.STALE_VERSION,
    ],
    events: ["subscription.suspended"],
  },
  async (ctx, input: WhichSubscription): Promise<{ subscription: Subscription }> => {
    asPartner(ctx.actor);
    checkSubscriptionId(input).done();
    return ctx.transaction(async (tx) => {
      const found = await lockToChange(tx, ctx, input);
      const subscription = await tx.update(Subscription, found, {
        status: subscriptionLifecycle.suspend(found, tx.now),
        suspensionReasons: [SuspensionReason.PARTNER],
        autoRenewEnabled: false,
      });
      recordSubscription(tx, "subscription.suspended", subscription);
      return { subscription };
    });
  },
);

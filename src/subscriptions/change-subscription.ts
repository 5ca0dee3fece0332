import type { Offer } from "../../entities/catalog/offer";
import { Subscription } from "../../entities/subscriptions/subscription";
import { asPartner } from "../access/allow";
import { findOffer } from "../catalog";
import { subscriptionErrors } from "./subscription.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { FieldChecks } from "../errors/field-checks";
import { checkSubscriptionId, lockToChange, type WhichSubscription } from "./lock-to-change";
import { batchesAfter, reductionRefusal } from "./refundable-batches.policy";
import { subscriptionEventPayload } from "./subscription-event-payload";
import * as subscriptionLifecycle from "./subscription.lifecycle";
import { autoRenewalRefusal, quantityRefusal } from "./subscription.policy";

/** What to change; what is absent is left alone. */
export interface ChangeSubscription extends WhichSubscription {
  quantity?: number | null;
  autoRenewEnabled?: boolean | null;
  friendlyName?: string | null;
}

const CHANGEABLE = ["quantity", "autoRenewEnabled", "friendlyName"] as const;

/**
 * Changes how many there are of an active subscription, whether it renews, and what the partner calls it. More may be
 * had at any time, less only of what was bought, added or renewed within 7 days (docs/sources.md, subscription life cycle). What is so already
 * changes nothing; a new name alone is no event, as in the real Partner Center.
 */
export const changeSubscription = defineMutation(
  {
    name: "changeSubscription",
    permission: "subscription.change",
    description:
      "Changes the quantity, auto-renewal and name of an active subscription. More may be had at any time; less only of what was bought, added or renewed within the last 7 days.",
    codes: [
      generalErrors.ID_MALFORMED,
      subscriptionErrors.SUBSCRIPTION_NOT_FOUND,
      subscriptionErrors.SUBSCRIPTION_NOT_ACTIVE,
      subscriptionErrors.SUBSCRIPTION_TERM_ENDED,
      subscriptionErrors.QUANTITY_OUT_OF_RANGE,
      subscriptionErrors.QUANTITY_NOT_REDUCIBLE,
      subscriptionErrors.AUTO_RENEWAL_NOT_SUPPORTED,
      generalErrors.FIELD_INVALID,
      generalErrors.STALE_VERSION,
    ],
    events: [["subscription.changed", "when quantity or auto-renewal changed; a new name alone is no event"]],
  },
  async (ctx, input: ChangeSubscription): Promise<{ subscription: Subscription }> => {
    asPartner(ctx.actor);
    checkInput(input);
    return ctx.transaction(async (tx) => {
      const found = await lockToChange(tx, ctx, input);
      subscriptionLifecycle.ensureChangeable(found, tx.now);
      const changes = changesOf(found, input, tx.now);
      if (Object.keys(changes).length === 0) return { subscription: found };
      const { quantity: before } = found;
      const isCommercial = changes.quantity !== undefined || changes.autoRenewEnabled !== undefined;
      if (isCommercial) checkOffer(found, changes, await findOffer(tx, found.offerId), tx.now);
      const subscription = await tx.update(Subscription, found, changes);
      if (isCommercial) {
        const previousQuantity = changes.quantity === undefined ? null : before;
        const payload = { ...subscriptionEventPayload(subscription), previousQuantity };
        tx.record("subscription.changed", payload);
      }
      return { subscription };
    });
  },
);

function checkInput(input: ChangeSubscription): void {
  const checks = checkSubscriptionId(input).text("friendlyName", input.friendlyName, { max: 300 });
  for (const name of CHANGEABLE) {
    if (input[name] === null) checks.field(name, `${name} cannot be null; leave it out to keep it.`);
  }
  if (CHANGEABLE.every((name) => input[name] === undefined))
    checks.field("quantity", `Nothing is to be changed: give at least one of ${CHANGEABLE.join(", ")}.`);
  checks.done();
}

/** Only what would not be as it is. */
function changesOf(found: Subscription, input: ChangeSubscription, now: string): Partial<Subscription> {
  const changes: Partial<Subscription> = {};
  const friendlyName = input.friendlyName?.trim() ?? found.friendlyName;
  const quantity = input.quantity ?? found.quantity;
  const autoRenewEnabled = input.autoRenewEnabled ?? found.autoRenewEnabled;
  if (friendlyName !== found.friendlyName) changes.friendlyName = friendlyName;
  if (autoRenewEnabled !== found.autoRenewEnabled) changes.autoRenewEnabled = autoRenewEnabled;
  if (quantity !== found.quantity) {
    changes.quantity = quantity;
    changes.refundableBatches = batchesAfter(found, quantity, now);
  }
  return changes;
}

function checkOffer(found: Subscription, changes: Partial<Subscription>, offer: Offer, now: string): void {
  const { quantity, autoRenewEnabled } = changes;
  const checks = new FieldChecks();
  if (quantity !== undefined) {
    // What is out of range can never be had, so it is said first; the other one only says not now.
    checks.refusal(quantityRefusal(offer, quantity) ?? reductionRefusal(found, offer, quantity, now));
  }
  if (autoRenewEnabled) checks.refusal(autoRenewalRefusal(offer));
  checks.done();
}

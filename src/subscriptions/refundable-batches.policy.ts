import type { Offer } from "../../entities/catalog/offer";
import type { RefundableBatch, Subscription } from "../../entities/subscriptions/subscription";
import { daysAfter, type Instant } from "../context/instant";
import type { DomainError } from "../errors/domain-error";
import { subscriptionErrors } from "./subscription.errors";

type Batches = Pick<Subscription, "refundableBatches">;

const REFUND_DAYS = 7;

/** Until when what was bought, added or renewed at an instant may be given back, that included (domain.md 24). */
export function refundableUntil(instant: Instant): Instant {
  return daysAfter(instant, REFUND_DAYS);
}

function openBatches({ refundableBatches }: Batches, now: Instant): RefundableBatch[] {
  return refundableBatches.filter(({ until }) => now <= until);
}

/** How many may be given back at an instant: all together, and batch by batch. */
export function refundableQuantity(subscription: Batches, now: Instant) {
  const open = openBatches(subscription, now);
  return {
    totalQuantity: open.reduce((sum, { quantity }) => sum + quantity, 0),
    details: open.map(({ quantity, until }) => ({ quantity, allowedUntil: until })),
  };
}

/** The open batches after the quantity became another one: more is a batch of its own, less is taken from those that close first. */
export function batchesAfter(
  subscription: Batches & Pick<Subscription, "quantity">,
  quantity: number,
  now: Instant,
): RefundableBatch[] {
  const open = openBatches(subscription, now);
  const more = quantity - subscription.quantity;
  if (more > 0) return [...open, { quantity: more, until: refundableUntil(now) }];
  let less = -more;
  return open.flatMap((batch) => {
    const taken = Math.min(less, batch.quantity);
    less -= taken;
    return taken < batch.quantity ? [{ ...batch, quantity: batch.quantity - taken }] : [];
  });
}

/** Why the quantity cannot become so small at an instant; nothing when it can. */
export function reductionRefusal(
  subscription: Batches & Pick<Subscription, "quantity" | "termEndsAt">,
  { maximumQuantity }: Pick<Offer, "maximumQuantity">,
  quantity: number,
  now: Instant,
): DomainError | undefined {
  const { totalQuantity: refundable } = refundableQuantity(subscription, now);
  const minimum = subscription.quantity - refundable;
  if (quantity >= minimum) return undefined;
  const which = refundable === 0 ? "None" : `Only ${refundable}`;
  return subscriptionErrors.QUANTITY_NOT_REDUCIBLE(
    `${which} of the ${subscription.quantity} can be given back now: what was bought, added or renewed within the last ` +
      `${REFUND_DAYS} days. The others stay until the term ends at ${subscription.termEndsAt}; take them away in the ` +
      `${REFUND_DAYS} days after the renewal, or turn auto-renewal off.`,
    { field: "quantity", details: { minimum, maximum: maximumQuantity } },
  );
}

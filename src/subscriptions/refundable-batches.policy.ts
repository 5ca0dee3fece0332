import type { Offer } from "../../entities/catalog/offer";
import type { RefundableBatch, Subscription } from "../../entities/subscriptions/subscription";
import { daysAfter, type Instant } from "../values/instant";
import type { DomainError } from "../errors/domain-error";
import { subscriptionErrors } from "./subscription.errors";

type Batches = Pick<Subscription, "refundableBatches">;

const REFUND_DAYS = 7;

/** So many open batches are kept apart. Beyond that those of one hour are one, so that their number has a limit. */
const SEPARATE_BATCHES = 100;

/** The most open batches that a subscription can have. */
export const MAX_REFUNDABLE_BATCHES = SEPARATE_BATCHES + REFUND_DAYS * 24 + 1;

/** Until when what was bought, added or renewed at an instant may be given back, that included (docs/sources.md, subscription life cycle). */
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

/**
 * The open batches after the quantity became another one: more is a batch of its own, less is taken from those that close
 * first. Where there are 100 batches already, more joins the newest one if that closes within the same hour of the clock, and
 * both close with the later one: nobody loses a right, and it lasts less than an hour longer.
 */
export function batchesAfter(
  subscription: Batches & Pick<Subscription, "quantity">,
  quantity: number,
  now: Instant,
): RefundableBatch[] {
  const open = openBatches(subscription, now);
  const more = quantity - subscription.quantity;
  if (more > 0) return withOneMore(open, { quantity: more, until: refundableUntil(now) });
  let less = -more;
  return open.flatMap((batch) => {
    const taken = Math.min(less, batch.quantity);
    less -= taken;
    return taken < batch.quantity ? [{ ...batch, quantity: batch.quantity - taken }] : [];
  });
}

function withOneMore(open: RefundableBatch[], batch: RefundableBatch): RefundableBatch[] {
  const newest = open.at(-1);
  if (open.length < SEPARATE_BATCHES || newest === undefined || hourOf(newest) !== hourOf(batch)) {
    return [...open, batch];
  }
  return [...open.slice(0, -1), { ...batch, quantity: newest.quantity + batch.quantity }];
}

/** The hour of the clock, as `2026-11-21T10`. */
function hourOf({ until }: RefundableBatch): string {
  return until.slice(0, 13);
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

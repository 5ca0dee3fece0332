import type { RemovalBlocker } from "../errors/error-details";
import { type BoundedList, MAX_COUNT } from "../errors/list-bounds";
import type { RemovalBlockerSource } from "../unit-of-work/contributions";
import { findActiveSubscriptionsThrough } from "./active-subscriptions";

/** What keeps a relationship from being removed: the subscriptions through it that are active (docs/sources.md, relationships). */
export const activeSubscriptionsBlock: RemovalBlockerSource = {
  async find(reads, partnerId, customerIds, first) {
    const active = await findActiveSubscriptionsThrough(reads, partnerId, customerIds, first);
    return new Map(
      [...active].map(([customerId, { rows, count }]) => {
        const blockers = rows.map(({ id: subscriptionId, offerName, quantity }) => {
          return { subscriptionId, offerName, quantity };
        });
        return [customerId, { rows: blockers, count }];
      }),
    );
  },
  describe,
};

/** Names the first of the active subscriptions. */
function describe({ rows, count }: BoundedList<RemovalBlocker>): string {
  const names = rows.map(({ subscriptionId, offerName }) => `${offerName} (${subscriptionId})`).join(", ");
  const others = count - rows.length;
  return (
    `${count === 1 ? "A subscription is" : `${inWords(count)} subscriptions are`} still active: ${names}` +
    `${others > 0 ? ` and ${inWords(others, count)} more` : ""}. Suspend what is active, then remove the relationship.`
  );
}

function inWords(number: number, counted = number): string {
  const isMore = counted > MAX_COUNT;
  return `${isMore ? "more than " : ""}${(isMore ? number - 1 : number).toLocaleString("en")}`;
}

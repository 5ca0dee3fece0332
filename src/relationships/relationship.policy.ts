import type { Subscription } from "../../entities/subscriptions/subscription";
import type { DomainError } from "../errors/domain-error";
import type { RemovalBlocker } from "../errors/error-details";
import { type BoundedList, MAX_COUNT } from "../errors/list-bounds";
import { relationshipErrors } from "./relationship.errors";

/** What of an active subscription tells why a relationship cannot be removed. */
export type ActiveSubscription = Pick<Subscription, "id" | "offerName" | "quantity">;

/** What keeps a relationship from being removed: the subscriptions through it that are active (docs/sources.md, relationships). */
export function removalBlockers(active: readonly ActiveSubscription[]): RemovalBlocker[] {
  return active.map(({ id: subscriptionId, offerName, quantity }) => ({
    subscriptionId,
    offerName,
    quantity,
  }));
}

/** Why a relationship cannot be removed; nothing when it can. Names the first of the active subscriptions. */
export function removalRefusal({ rows, count }: BoundedList<ActiveSubscription>): DomainError | undefined {
  if (count === 0) return undefined;
  const blockers = removalBlockers(rows);
  const names = blockers
    .map(({ subscriptionId, offerName }) => `${offerName} (${subscriptionId})`)
    .join(", ");
  const others = count - blockers.length;
  return relationshipErrors.RELATIONSHIP_HAS_BLOCKERS(
    `${count === 1 ? "A subscription is" : `${inWords(count)} subscriptions are`} still active: ${names}` +
      `${others > 0 ? ` and ${inWords(others, count)} more` : ""}. Suspend what is active, then remove the relationship.`,
    { field: "relationshipId", details: { blockers, blockerCount: count } },
  );
}

function inWords(number: number, counted = number): string {
  const isMore = counted > MAX_COUNT;
  return `${isMore ? "more than " : ""}${(isMore ? number - 1 : number).toLocaleString("en")}`;
}

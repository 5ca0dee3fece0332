import type { Subscription } from "../../entities/subscriptions/subscription";
import type { DomainError, ErrorDetails } from "../errors/domain-error";
import { relationshipErrors } from "./relationship.errors";

/** What keeps a relationship from being removed: the subscriptions through it that are active (domain.md 6.4). */
export function removalBlockers(active: Subscription[]): NonNullable<ErrorDetails["blockers"]> {
  return active.map(({ id: subscriptionId, offerName, quantity }) => ({
    subscriptionId,
    offerName,
    quantity,
  }));
}

/** Why a relationship cannot be removed; nothing when it can. */
export function removalRefusal(active: Subscription[]): DomainError | undefined {
  if (active.length === 0) return undefined;
  const blockers = removalBlockers(active);
  const names = blockers
    .map(({ subscriptionId, offerName }) => `${offerName} (${subscriptionId})`)
    .join(", ");
  return relationshipErrors.RELATIONSHIP_HAS_BLOCKERS(
    `${blockers.length === 1 ? "A subscription is" : `${blockers.length} subscriptions are`} still active: ${names}. ` +
      "Suspend what is active, then remove the relationship.",
    { field: "relationshipId", details: { blockers } },
  );
}

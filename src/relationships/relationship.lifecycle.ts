import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { relationshipErrors } from "./relationship.errors";

interface RelationshipState {
  id: string;
  status: RelationshipStatus;
}

/**
 * From removed back to active: the machine is re-entrant (docs/sources.md, relationships).
 * @throws RELATIONSHIP_ALREADY_ACTIVE it never was removed
 */
export function establish(relationship: RelationshipState): RelationshipStatus {
  if (relationship.status === RelationshipStatus.REMOVED) return RelationshipStatus.ACTIVE;
  throw relationshipErrors.RELATIONSHIP_ALREADY_ACTIVE("The partner is this customer's reseller already.", {
    details: { existingId: relationship.id },
  });
}

/**
 * From active to removed.
 * @throws RELATIONSHIP_ALREADY_REMOVED it was removed before
 */
export function remove(relationship: RelationshipState): RelationshipStatus {
  if (relationship.status === RelationshipStatus.ACTIVE) return RelationshipStatus.REMOVED;
  throw relationshipErrors.RELATIONSHIP_ALREADY_REMOVED(
    "The relationship was removed before. Invite the customer again to bring it back.",
    { field: "relationshipId" },
  );
}

import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of reseller relationships. Numbers in brackets are the real Partner Center's (docs/sources.md, error codes). */
export const relationshipErrors = errorCatalogue({
  RELATIONSHIP_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such relationship that the caller may see [3000].",
  },
  RELATIONSHIP_ALREADY_ACTIVE: {
    kind: ErrorKind.CONFLICT,
    details: "ExistingObjectDetails",
    meaning: "The partner is the customer's reseller already; `details.existingId` names the relationship.",
  },
  RELATIONSHIP_ALREADY_REMOVED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The relationship was removed before. A new invitation brings the customer back.",
  },
  RELATIONSHIP_HAS_BLOCKERS: {
    kind: ErrorKind.CONFLICT,
    details: "RemovalBlockersDetails",
    meaning:
      "Subscriptions through the relationship are still active; `details.blockers` names the first ones and `details.blockerCount` says how many there are. Suspend them first.",
  },
});

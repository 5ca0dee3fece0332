import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of organizations: partners and customers. Numbers in brackets are the real Partner Center's (docs/sources.md, error codes). */
export const organizationErrors = errorCatalogue({
  PARTNER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such partner that the caller works with.",
  },
  TENANT_TAKEN: {
    kind: ErrorKind.CONFLICT,
    details: "ExistingObjectDetails",
    meaning:
      "A partner or customer has this tenant id already; one tenant cannot be both. Told by commands only.",
  },
  CUSTOMER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such customer that the caller may see.",
  },
  DOMAIN_TAKEN: {
    kind: ErrorKind.CONFLICT,
    details: "ExistingObjectDetails",
    meaning:
      "Another organization has this domain. Invite that customer instead, or take another domain; `details.existingId` is there when it is your customer already [1003].",
  },
});

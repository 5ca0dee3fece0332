import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of partners and partnerships. Numbers in brackets are the real Partner Center's (docs/sources.md, error codes). */
export const partnerErrors = errorCatalogue({
  PARTNERSHIP_NOT_POSSIBLE: {
    kind: ErrorKind.INVALID,
    meaning:
      "The two partners are not an indirect provider and an indirect reseller of one cloud and market [2201, 800016]. Told by commands only.",
  },
  PARTNERSHIP_ALREADY_ACTIVE: {
    details: "ExistingObjectDetails",
    kind: ErrorKind.CONFLICT,
    meaning: "The two partners work together already. Told by commands only.",
  },
  PARTNERSHIP_NOT_ACTIVE: {
    kind: ErrorKind.CONFLICT,
    meaning: "The indirect provider and the indirect reseller do not work together now [2072].",
  },
});

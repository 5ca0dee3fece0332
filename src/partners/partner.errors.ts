import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of partners and partnerships. Numbers in brackets are the real Partner Center's (domain.md 23). */
export const partnerErrors = errorCatalogue({
  PARTNER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such partner that the caller works with.",
  },
  PARTNERSHIP_NOT_ACTIVE: {
    kind: ErrorKind.CONFLICT,
    meaning: "The indirect provider and the indirect reseller do not work together now [2072].",
  },
});

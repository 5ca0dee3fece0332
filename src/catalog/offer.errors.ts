import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of the catalogue. */
export const offerErrors = errorCatalogue({
  OFFER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such offer in the catalogue.",
  },
});

import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of customers. Numbers in brackets are the real Partner Center's (docs/sources.md, error codes). */
export const customerErrors = errorCatalogue({
  CUSTOMER_IN_OTHER_MARKET: {
    kind: ErrorKind.CONFLICT,
    meaning: "The partner may sell only to customers whose tenant is in its own market [2030].",
  },
  CUSTOMER_IN_OTHER_CLOUD: {
    kind: ErrorKind.CONFLICT,
    meaning: "Partner and customer must live in the same cloud.",
  },
});

import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of subscriptions. Numbers in brackets are the real Partner Center's (domain.md 23). */
export const subscriptionErrors = errorCatalogue({
  SUBSCRIPTION_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such subscription that the caller may see [20003].",
  },
  SUBSCRIPTION_NOT_ACTIVE: {
    kind: ErrorKind.CONFLICT,
    meaning: "Only an active subscription can be suspended [800040].",
  },
  SUBSCRIPTION_NOT_SUSPENDED: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "Only a suspended subscription can be reactivated; one that expired or was disabled cannot [800040].",
  },
  SUBSCRIPTION_TERM_ENDED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The term of the suspended subscription is over, so it cannot be reactivated. Create a new one.",
  },
  SUBSCRIPTION_CUSTOMER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "The partner has no active relationship with such a customer, so it cannot sell to it [20002].",
  },
  OFFER_NOT_AVAILABLE: {
    kind: ErrorKind.CONFLICT,
    meaning: "The offer is no longer sold [2091].",
  },
  OFFER_NOT_IN_COUNTRY: {
    kind: ErrorKind.INVALID,
    meaning: "The offer is not sold in the customer's country [800070].",
  },
  QUANTITY_OUT_OF_RANGE: {
    kind: ErrorKind.INVALID,
    meaning: "The quantity is outside the offer's limits, which `details` names [900275].",
  },
  BILLING_CYCLE_NOT_SUPPORTED: {
    kind: ErrorKind.INVALID,
    meaning: "The offer cannot be billed in this cycle; `details.allowed` names the ones that it can [6001].",
  },
  PREREQUISITE_MISSING: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "The add-on needs another active subscription first; `details.allowed` names offers that would do [400041].",
  },
});

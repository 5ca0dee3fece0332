import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of subscriptions. Numbers in brackets are the real Partner Center's (docs/sources.md, error codes). */
export const subscriptionErrors = errorCatalogue({
  SUBSCRIPTION_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such subscription that the caller may see [20003].",
  },
  SUBSCRIPTION_NOT_ACTIVE: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "Only an active subscription can be suspended or changed, only an active or suspended one cancelled [800040].",
  },
  SUBSCRIPTION_NOT_SUSPENDED: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "Only a suspended subscription can be reactivated; one that expired or was disabled cannot [800040].",
  },
  SUBSCRIPTION_TERM_ENDED: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "The term is over. Within a minute the subscription renews, expires or is disabled by itself: read it again then. What does not renew cannot come back; create a new one [800082].",
  },
  CANCELLATION_PERIOD_OVER: {
    kind: ErrorKind.CONFLICT,
    details: "AllowedUntilDetails",
    meaning:
      "A subscription can be cancelled within 7 days of the start of a term; `details.allowedUntil` says until when it was. Turn auto-renewal off to let it end, or suspend it [900117].",
  },
  QUANTITY_NOT_REDUCIBLE: {
    kind: ErrorKind.CONFLICT,
    details: "RangeDetails",
    meaning:
      "Only what was bought, added or renewed within the last 7 days can be given back; `details.minimum` is the least that must stay [900257].",
  },
  AUTO_RENEWAL_NOT_SUPPORTED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The offer cannot renew by itself. Create a new subscription when this one has ended [800093].",
  },
  SUBSCRIPTION_CUSTOMER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning:
      "The partner has no active relationship with such a customer, so it cannot sell to it, nor change what it sold to it; that it may only read [20002].",
  },
  OFFER_NOT_AVAILABLE: {
    kind: ErrorKind.CONFLICT,
    meaning: "The offer is no longer sold [2091].",
  },
  OFFER_NOT_IN_COUNTRY: {
    kind: ErrorKind.INVALID,
    details: "AllowedValuesDetails",
    meaning: "The offer is not sold in the customer's country [800070].",
  },
  QUANTITY_OUT_OF_RANGE: {
    kind: ErrorKind.INVALID,
    details: "RangeDetails",
    meaning: "The quantity is outside the offer's limits, which `details` names [900275].",
  },
  BILLING_CYCLE_NOT_SUPPORTED: {
    kind: ErrorKind.INVALID,
    details: "AllowedValuesDetails",
    meaning: "The offer cannot be billed in this cycle; `details.allowed` names the ones that it can [6001].",
  },
  PREREQUISITE_MISSING: {
    kind: ErrorKind.CONFLICT,
    details: "AllowedValuesDetails",
    meaning:
      "The add-on needs another active subscription first; `details.allowed` names offers that would do [400041].",
  },
});

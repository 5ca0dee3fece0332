import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of webhooks. */
export const webhookErrors = errorCatalogue({
  WEBHOOK_ENDPOINT_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "Your organization has no such webhook endpoint.",
  },
  WEBHOOK_DELIVERY_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "Your organization's delivery log has no such entry. Entries are kept for 30 days.",
  },
  WEBHOOK_URL_NOT_HTTPS: {
    kind: ErrorKind.INVALID,
    meaning: "The address does not begin with https://. Give one that does.",
  },
  WEBHOOK_URL_NOT_PUBLIC: {
    kind: ErrorKind.INVALID,
    meaning:
      "The address, or one that its name leads to, is not on the public internet. Give a receiver that anybody can reach.",
  },
  WEBHOOK_URL_UNRESOLVABLE: {
    kind: ErrorKind.INVALID,
    meaning: "The address's host name leads nowhere. Check the name, or wait until it is published.",
  },
  WEBHOOK_SECRET_TOO_SHORT: {
    kind: ErrorKind.INVALID,
    details: "RangeDetails",
    meaning: "The signing secret has fewer than 24 bytes. Give 24 to 64, or let the server make one.",
  },
  WEBHOOK_SECRETS_OVERLAP: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "Two secrets are live already. Wait until the old one has ended, or rotate with `overlapHours: 0`, which ends both.",
  },
  WEBHOOK_SECRETS_KEY_MISSING: {
    kind: ErrorKind.UNAVAILABLE,
    meaning:
      "This server cannot keep signing secrets, because its operator has not set SECRETS_KEY (32 bytes in base64).",
  },
  WEBHOOK_ENDPOINTS_TOO_MANY: {
    kind: ErrorKind.CONFLICT,
    details: "RangeDetails",
    meaning: "Your organization has 20 webhook endpoints, which is the most. Delete one first.",
  },
  WEBHOOK_ENDPOINT_DISABLED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The endpoint is disabled and gets nothing. Enable it first.",
  },
  WEBHOOK_TESTS_TOO_MANY: {
    kind: ErrorKind.LIMITED,
    details: "RetryDetails",
    meaning:
      "An endpoint gets at most two tests a minute; `details.retryAfterSeconds` says when the next may go.",
  },
  WEBHOOK_REPETITIONS_TOO_MANY: {
    kind: ErrorKind.LIMITED,
    details: "RetryDetails",
    meaning: "100 tests and repetitions wait for this endpoint, which is the most. Wait until some are done.",
  },
  WEBHOOK_DELIVERY_NOT_REPEATABLE: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "The delivery is still under way, was a test (send another one), or its event is no longer kept.",
  },
});

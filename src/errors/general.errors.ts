import { ErrorKind, errorCatalogue } from "./domain-error";

/** Codes that belong to no single area. */
export const generalErrors = errorCatalogue({
  BAD_REQUEST: {
    kind: ErrorKind.INVALID,
    meaning: "The GraphQL document, its variables or the HTTP request around it cannot be understood.",
  },
  FIELD_INVALID: {
    kind: ErrorKind.INVALID,
    details: "FieldRuleDetails",
    meaning: "A field breaks the rule that the message names.",
  },
  ID_MALFORMED: {
    kind: ErrorKind.INVALID,
    meaning: "An id does not have the shape of the ids of its kind: prefix, underscore, 26 characters.",
  },
  CURSOR_INVALID: {
    kind: ErrorKind.INVALID,
    meaning: "A paging cursor is not one that this list gave out in this order. Start again without `after`.",
  },
  NODE_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no object with this id that the caller may see.",
  },
  STALE_VERSION: {
    kind: ErrorKind.CONFLICT,
    details: "StaleVersionDetails",
    meaning: "The row changed since it was read. Read it again and repeat with its current version.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "The idempotency key was used for another call within 24 hours. Take a new key. Every mutation that takes an `idempotencyKey` may answer it.",
  },
  TOKEN_MISSING: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning:
      "The request has no bearer token: no `Authorization` header, or one of another scheme than Bearer. Send `Authorization: Bearer TOKEN`.",
  },
  TOKEN_INVALID: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning: "The bearer token is malformed, or not one that a trusted issuer signed for this server.",
  },
  TOKEN_EXPIRED: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning: "The bearer token's time is over. Get a new one.",
  },
  API_KEY_INVALID: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning: "The API key is mistyped, unknown, revoked or expired. A Global admin can make a new one.",
  },
  TENANT_UNKNOWN: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning:
      "The token is good, but its organization is not known here. Its Global admin makes it known by accepting an invitation.",
  },
  USER_INACTIVE: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning: "The user has been deactivated. An administrator of the organization can help.",
  },
  USER_UNKNOWN: {
    kind: ErrorKind.UNAUTHENTICATED,
    meaning:
      "The token is good and its organization known, but it has no such user. An administrator of the organization can add one.",
  },
  FORBIDDEN: {
    kind: ErrorKind.FORBIDDEN,
    details: "ForbiddenDetails",
    meaning:
      "The caller's roles do not allow this; `details.roles` names the roles, any one of which is sufficient.",
  },
  ORIGIN_NOT_ALLOWED: {
    kind: ErrorKind.FORBIDDEN,
    meaning:
      "A web page of this origin, or under this host name, may not do this here. The operator lists the origins that may in ALLOWED_ORIGINS.",
  },
  DOCUMENT_UNKNOWN: {
    kind: ErrorKind.NOT_FOUND,
    meaning:
      "`documentId` is none of a trusted document of this server. Send `query` instead, or ask the operator to list it.",
  },
  DOCUMENT_NOT_TRUSTED: {
    kind: ErrorKind.FORBIDDEN,
    meaning:
      "This server executes trusted documents only, and this is none. Ask the operator to list it (docs/trusted-documents.md).",
  },
  OPERATION_TOO_LARGE: {
    kind: ErrorKind.LIMITED,
    details: "LimitDetails",
    meaning:
      "The operation, or its answer, is larger than the limit that `details` names. Ask for less, or for smaller pages.",
  },
  RATE_LIMITED: {
    kind: ErrorKind.LIMITED,
    details: "LimitDetails",
    meaning: "The caller's budget is used up for now; `details.retryAfterSeconds` says when to go on.",
  },
  SIGN_IN_UNAVAILABLE: {
    kind: ErrorKind.UNAVAILABLE,
    details: "RetryDetails",
    meaning: "The token's issuer cannot be asked for its keys now. Try again.",
  },
  SERVICE_BUSY: {
    kind: ErrorKind.UNAVAILABLE,
    details: "RetryDetails",
    meaning:
      "What the request needs of the database was in use by others for as long as a request may wait (2.2 s), or all places for sockets are taken. Nothing was done; try again.",
  },
  SERVICE_UNAVAILABLE: {
    kind: ErrorKind.UNAVAILABLE,
    details: "RetryDetails",
    meaning:
      "The database cannot be reached or cannot write now; the message says why. Or the server is stopping. Nothing was done; try again.",
  },
  OUTCOME_UNKNOWN: {
    kind: ErrorKind.UNAVAILABLE,
    meaning:
      "The connection was lost while committing. Repeat with the same idempotency key, or read before you repeat.",
  },
  INTERNAL: {
    kind: ErrorKind.INTERNAL,
    meaning: "Something unexpected went wrong; the request id finds it in the server's log.",
  },
});

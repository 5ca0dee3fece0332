import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of API keys. What a caller is told who signs in with a bad one is API_KEY_INVALID, a general code. */
export const apiKeyErrors = errorCatalogue({
  API_KEY_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such API key of the caller's organization.",
  },
  API_KEY_ALREADY_REVOKED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The API key was revoked, for good. Create a new one.",
  },
  API_KEY_EXPIRED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The API key has reached the end that it was given. Create a new one.",
  },
  API_KEY_EXCEEDS_YOUR_PERMISSIONS: {
    kind: ErrorKind.CONFLICT,
    details: "MissingPermissionsDetails",
    meaning:
      "The API key may use `details.permissions`, which the caller may not, who would get them with its new secret. Somebody who has them can rotate it.",
  },
  API_KEY_LIMIT_REACHED: {
    kind: ErrorKind.CONFLICT,
    details: "RangeDetails",
    meaning:
      "The organization has as many active API keys as it may have, `details.maximum`. Revoke one that is not used.",
  },
});

import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of users and their roles. */
export const userErrors = errorCatalogue({
  USER_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning: "There is no such user that the caller may see.",
  },
  USER_EMAIL_TAKEN: {
    kind: ErrorKind.CONFLICT,
    details: "ExistingObjectDetails",
    meaning:
      "The organization has a user with this e-mail address, whose id is `details.existingId`. Change or reactivate that one.",
  },
  USER_SUBJECT_TAKEN: {
    kind: ErrorKind.CONFLICT,
    details: "ExistingObjectDetails",
    meaning:
      "The organization has a user with this subject, whose id is `details.existingId`: a person has one user.",
  },
  ROLE_NOT_OFFERED: {
    kind: ErrorKind.INVALID,
    details: "AllowedValuesDetails",
    meaning:
      "An agent role is not for users of such an organization; `details.allowed` names those that are, if any.",
  },
  LAST_GLOBAL_ADMIN: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "The organization would have no active Global admin left. Make somebody else a Global admin who signs in, first.",
  },
  USER_IS_YOURSELF: {
    kind: ErrorKind.CONFLICT,
    meaning:
      "Nobody takes the Global admin role from itself, or deactivates itself. Another administrator can.",
  },
  USER_ALREADY_INACTIVE: {
    kind: ErrorKind.CONFLICT,
    meaning: "The user is deactivated already.",
  },
  USER_NOT_INACTIVE: {
    kind: ErrorKind.CONFLICT,
    meaning: "The user is not deactivated, so it cannot be reactivated.",
  },
});

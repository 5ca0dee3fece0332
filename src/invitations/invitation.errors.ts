import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of invitations. */
export const invitationErrors = errorCatalogue({
  INVITATION_NOT_FOUND: {
    kind: ErrorKind.NOT_FOUND,
    meaning:
      "There is no such invitation that the caller may see, or the link is not for the caller's organization.",
  },
  INVITATION_EXPIRED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The link's deadline has passed. Ask the partner for a new invitation.",
  },
  INVITATION_REVOKED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The partner took the invitation back.",
  },
  INVITATION_DECLINED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The invitation was declined. Ask the partner for a new one.",
  },
  INVITATION_ALREADY_USED: {
    kind: ErrorKind.CONFLICT,
    meaning: "The link was for one customer and has been accepted. Ask the partner for a new invitation.",
  },
  INVITATION_FOR_ANOTHER_CUSTOMER: {
    kind: ErrorKind.CONFLICT,
    meaning: "The link names another customer organization than the one the caller signed in to.",
  },
  INVITATION_NOT_DECLINABLE: {
    kind: ErrorKind.CONFLICT,
    meaning: "A reusable link is for anyone, so nobody can decline it for the others. Leave it unused.",
  },
  INVITATION_ALREADY_PENDING: {
    kind: ErrorKind.CONFLICT,
    details: "ExistingObjectDetails",
    meaning:
      "An invitation to this address is pending; `details.existingId` names it. Edit or revoke that one.",
  },
  INVITATION_LINK_MISSING: {
    kind: ErrorKind.INVALID,
    meaning: "The body lost the link. Keep the link unchanged, or write {{link}} where it belongs.",
  },
  COMPANY_DETAILS_REQUIRED: {
    kind: ErrorKind.INVALID,
    meaning: "The organization is not known yet; accepting takes its companyName, domain and country.",
  },
});

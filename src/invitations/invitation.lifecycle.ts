import { InvitationStatus } from "../../entities/invitations/invitation";
import type { Instant } from "../values/instant";
import { invitationErrors } from "./invitation.errors";

interface InvitationState {
  status: InvitationStatus;
  expiresAt: Instant;
  endedAt: Instant | null;
  reusable: boolean;
}

/**
 * Where an invitation stands at an instant: a pending one is expired as soon as its deadline has passed. Who changes it goes by the
 * instant at which the row is locked. By that of the transaction's beginning, one who waited for the lock could still accept
 * what others had been told is expired.
 */
export function statusAt(invitation: InvitationState, now: Instant): InvitationStatus {
  const isOver = invitation.status === InvitationStatus.PENDING && now >= invitation.expiresAt;
  return isOver ? InvitationStatus.EXPIRED : invitation.status;
}

/**
 * From pending to accepted; a reusable invitation stays pending for the next customer.
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is not pending
 */
export function accept(invitation: InvitationState, now: Instant): InvitationStatus {
  ensurePending(invitation, now);
  return invitation.reusable ? InvitationStatus.PENDING : InvitationStatus.ACCEPTED;
}

/**
 * From pending to declined.
 * @throws INVITATION_NOT_DECLINABLE the link is for anyone
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is not pending
 */
export function decline(invitation: InvitationState, now: Instant): InvitationStatus {
  ensurePending(invitation, now);
  if (!invitation.reusable) return InvitationStatus.DECLINED;
  throw invitationErrors.INVITATION_NOT_DECLINABLE(
    "This link is for anyone, so it cannot be declined. Leave it unused.",
    {
      field: "token",
    },
  );
}

/**
 * From pending to revoked.
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is not pending
 */
export function revoke(invitation: InvitationState, now: Instant): InvitationStatus {
  ensurePending(invitation, now);
  return InvitationStatus.REVOKED;
}

/**
 * Passes an invitation that is still open.
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED saying which it is
 */
export function ensurePending(invitation: InvitationState, now: Instant): void {
  const when = invitation.endedAt ?? invitation.expiresAt;
  switch (statusAt(invitation, now)) {
    case InvitationStatus.PENDING:
      return;
    case InvitationStatus.EXPIRED:
      throw invitationErrors.INVITATION_EXPIRED(
        `The invitation expired at ${invitation.expiresAt}. It takes a new one.`,
      );
    case InvitationStatus.REVOKED:
      throw invitationErrors.INVITATION_REVOKED(`The partner revoked the invitation at ${when}.`);
    case InvitationStatus.DECLINED:
      throw invitationErrors.INVITATION_DECLINED(
        `The invitation was declined at ${when}. It takes a new one.`,
      );
    case InvitationStatus.ACCEPTED:
      throw invitationErrors.INVITATION_ALREADY_USED(
        `The invitation was accepted at ${when}. It takes a new one.`,
      );
  }
}

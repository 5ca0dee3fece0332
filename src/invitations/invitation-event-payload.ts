import type { Invitation } from "../../entities/invitations/invitation";
import type { Partner } from "../../entities/partners/partner";
import type { EventPayload } from "../events/event-map";

/** What an event tells about an invitation, as it is now. */
export function invitationEventPayload(
  invitation: Invitation,
  partner: Partner,
): EventPayload<"invitation.sent"> {
  const { id: invitationId, partnerId, providerId, recipientEmail, reusable } = invitation;
  return { invitationId, partnerId, partnerName: partner.name, providerId, recipientEmail, reusable };
}

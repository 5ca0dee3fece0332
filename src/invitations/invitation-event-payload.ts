import type { Invitation } from "../../entities/invitations/invitation";
import type { Partner } from "../../entities/partners/partner";
import type { InvitationEventPayload } from "../events/event-map";

/** What an event tells about an invitation, as it is now. */
export function invitationEventPayload(invitation: Invitation, partner: Partner): InvitationEventPayload {
  const { id: invitationId, partnerId, providerId, recipientEmail, reusable } = invitation;
  return { invitationId, partnerId, partnerName: partner.name, providerId, recipientEmail, reusable };
}

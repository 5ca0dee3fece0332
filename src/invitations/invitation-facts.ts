import type { Invitation } from "../../entities/invitations/invitation";
import type { Partner } from "../../entities/partners/partner";
import type { InvitationFacts } from "../events/event-map";

/** What an event tells about an invitation, as it is now. */
export function invitationFacts(invitation: Invitation, partner: Partner): InvitationFacts {
  const { id: invitationId, partnerId, providerId, recipientEmail, reusable } = invitation;
  return { invitationId, partnerId, partnerName: partner.name, providerId, recipientEmail, reusable };
}

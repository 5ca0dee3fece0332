import { Invitation } from "../../entities/invitations/invitation";
import { invitationErrors } from "./invitation.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { findAnsweringCustomer } from "./answering-customer";
import { invitationNotFound } from "./edit-invitation";
import { invitationEventPayload } from "./invitation-event-payload";
import * as invitationLifecycle from "./invitation.lifecycle";
import { invitationBearer, canView, otherCustomerRefusal } from "./invitation.policy";
import { findParties, lockInvitationByToken } from "./invitation.repository";

/** The link's token. */
export interface DeclineInvitation {
  token: string;
  idempotencyKey?: string | null;
}

/**
 * Turns an invitation down for good; the partner learns of it and may invite again.
 */
export const declineInvitation = defineMutation(
  {
    name: "declineInvitation",
    permission: "invitation.decline",
    description: "Declines an invitation for good.",
    codes: [
      invitationErrors.INVITATION_NOT_FOUND,
      invitationErrors.INVITATION_NOT_DECLINABLE,
      invitationErrors.INVITATION_EXPIRED,
      invitationErrors.INVITATION_REVOKED,
      invitationErrors.INVITATION_DECLINED,
      invitationErrors.INVITATION_ALREADY_USED,
      invitationErrors.INVITATION_FOR_ANOTHER_CUSTOMER,
    ],
    events: ["invitation.declined"],
  },
  async (ctx, input: DeclineInvitation): Promise<{ invitation: Invitation }> => {
    const { actor } = ctx;
    return ctx.transaction(async (tx) => {
      const found = await lockInvitationByToken(tx, input.token.trim());
      const customerId = await findAnsweringCustomer(tx, actor);
      const holder = invitationBearer(actor, customerId);
      if (!found || !canView(holder, found)) throw invitationNotFound("token");
      const refusal = otherCustomerRefusal(holder, found);
      if (refusal) throw refusal;
      const status = invitationLifecycle.decline(found, ctx.now());
      const ended = { status, customerId, endedAt: tx.now, pendingKey: null };
      const invitation = await tx.update(Invitation, found, ended);
      const { customer, sellers } = await findParties(tx, invitation, customerId);
      const { companyName = null, domain = null } = customer ?? {};
      const payload = invitationEventPayload(invitation, sellers[0].partner);
      tx.record("invitation.declined", { ...payload, customerId, companyName, domain });
      return { invitation };
    });
  },
);

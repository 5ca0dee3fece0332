import { Invitation } from "../../entities/invitations/invitation";
import { asPartner } from "../access/allow";
import { invitationErrors } from "./invitation.errors";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { getPartner } from "../organizations";
import { invitationNotFound } from "./edit-invitation";
import { invitationEventPayload } from "./invitation-event-payload";
import * as invitationLifecycle from "./invitation.lifecycle";
import { lockOwnInvitation } from "./invitation.repository";

/** Which invitation, and the version the caller read. */
export interface RevokeInvitation {
  invitationId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Takes a pending invitation back: its link no longer works, and the address may be invited again.
 */
export const revokeInvitation = defineMutation(
  {
    name: "revokeInvitation",
    permission: "invitation.revoke",
    description: "Takes a pending invitation back.",
    codes: [
      generalErrors.ID_MALFORMED,
      invitationErrors.INVITATION_NOT_FOUND,
      invitationErrors.INVITATION_EXPIRED,
      invitationErrors.INVITATION_REVOKED,
      invitationErrors.INVITATION_DECLINED,
      invitationErrors.INVITATION_ALREADY_USED,
      generalErrors.STALE_VERSION,
    ],
    events: ["invitation.revoked"],
  },
  async (ctx, input: RevokeInvitation): Promise<{ invitation: Invitation }> => {
    const { partnerId } = asPartner(ctx.actor);
    new FieldChecks().id("invitationId", input.invitationId, Invitation).done();
    return ctx.transaction(async (tx) => {
      const found = await lockOwnInvitation(tx, partnerId, input.invitationId);
      if (!found) throw invitationNotFound("invitationId");
      const status = invitationLifecycle.revoke(found, ctx.now());
      ensureVersion(found, input.expectedVersion);
      const invitation = await tx.update(Invitation, found, { status, endedAt: tx.now, pendingKey: null });
      const partner = await getPartner(tx, partnerId);
      tx.record("invitation.revoked", invitationEventPayload(invitation, partner));
      return { invitation };
    });
  },
);

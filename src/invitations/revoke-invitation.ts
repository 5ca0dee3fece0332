import { Invitation } from "../../entities/invitations/invitation";
import { asPartner } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { ensureVersion } from "../database/transaction";
import { FieldChecks } from "../errors/field-checks";
import { getPartner } from "../partners";
import { invitationNotFound } from "./edit-invitation";
import { invitationFacts } from "./invitation-facts";
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
 * @throws INVITATION_NOT_FOUND no such invitation of this partner
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is not pending
 * @throws STALE_VERSION it changed since it was read
 */
export async function revokeInvitation(
  ctx: UseCaseContext,
  input: RevokeInvitation,
): Promise<{ invitation: Invitation }> {
  const { partnerId } = asPartner(ctx.actor);
  new FieldChecks().id("invitationId", input.invitationId, "invitation").done();
  return ctx.transaction(
    async (tx) => {
      const found = await lockOwnInvitation(tx, partnerId, input.invitationId);
      if (!found) throw invitationNotFound("invitationId");
      const status = invitationLifecycle.revoke(found, ctx.now());
      ensureVersion(found, input.expectedVersion);
      const invitation = await tx.update(Invitation, found, { status, endedAt: tx.now, pendingKey: null });
      const partner = await getPartner(tx, partnerId);
      tx.record("invitation.revoked", invitationFacts(invitation, partner), [
        partnerId,
        invitation.providerId,
      ]);
      return { invitation };
    },
    { operation: "revokeInvitation", key: input.idempotencyKey, input },
  );
}

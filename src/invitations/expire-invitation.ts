import { Invitation } from "../../entities/invitations/invitation";
import type { Partner } from "../../entities/partners/partner";
import type { Transaction } from "../unit-of-work/transaction";
import { invitationEventPayload } from "./invitation-event-payload";
import * as invitationLifecycle from "./invitation.lifecycle";

/** Writes down that the deadline of a locked, pending invitation has passed, and tells its inviter and the provider. */
export async function expireInvitation(tx: Transaction, found: Invitation, partner: Partner): Promise<void> {
  const status = invitationLifecycle.statusAt(found, tx.now);
  const ended = { status, endedAt: found.expiresAt, pendingKey: null };
  const invitation = await tx.update(Invitation, found, ended);
  tx.record("invitation.expired", invitationEventPayload(invitation, partner));
}

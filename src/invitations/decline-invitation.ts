import { Invitation } from "../../entities/invitations/invitation";
import type { UseCaseContext } from "../context/use-case-context";
import { findAnsweringCustomer } from "./answering-customer";
import { invitationNotFound } from "./edit-invitation";
import { invitationFacts } from "./invitation-facts";
import * as invitationLifecycle from "./invitation.lifecycle";
import { linkHolder, mayLearnOf, otherCustomerRefusal } from "./invitation.policy";
import { findParties, lockInvitationByToken } from "./invitation.repository";

/** The link's token. */
export interface DeclineInvitation {
  token: string;
  idempotencyKey?: string | null;
}

/**
 * Turns an invitation down for good; the partner learns of it and may invite again.
 * @throws INVITATION_NOT_FOUND no such invitation, or the link is not for this customer
 * @throws INVITATION_NOT_DECLINABLE the link is for anyone
 * @throws INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED it is no longer open
 * @throws INVITATION_FOR_ANOTHER_CUSTOMER it names another organization of the same person
 */
export async function declineInvitation(
  ctx: UseCaseContext,
  input: DeclineInvitation,
): Promise<{ invitation: Invitation }> {
  const { actor } = ctx;
  return ctx.transaction(
    async (tx) => {
      const found = await lockInvitationByToken(tx, input.token.trim());
      const customerId = await findAnsweringCustomer(tx, actor);
      const holder = linkHolder(actor, customerId);
      if (!found || !mayLearnOf(holder, found)) throw invitationNotFound("token");
      const refusal = otherCustomerRefusal(holder, found);
      if (refusal) throw refusal;
      const status = invitationLifecycle.decline(found, ctx.now());
      const ended = { status, customerId, endedAt: tx.now, pendingKey: null };
      const invitation = await tx.update(Invitation, found, ended);
      const { customer, sellers } = await findParties(tx, invitation, customerId);
      const { companyName = null, domain = null } = customer ?? {};
      tx.record(
        "invitation.declined",
        { ...invitationFacts(invitation, sellers[0].partner), customerId, companyName, domain },
        [invitation.partnerId, invitation.providerId, customerId],
      );
      return { invitation };
    },
    { operation: "declineInvitation", key: input.idempotencyKey, input },
  );
}

import type { DueRows } from "../jobs/due-rows";
import { getPartner } from "../organizations";
import { expireInvitation } from "./expire-invitation";
import { findDueInvitations, lockDueInvitations } from "./invitation.repository";

/** Expires the pending invitations whose deadline has passed; their addresses may be invited again. */
export const expiredInvitations: DueRows = {
  operation: "expireInvitations",
  does: "Expires the pending invitations whose deadline has passed; their addresses may be invited again.",
  find: findDueInvitations,
  process: async (tx, ids) => {
    for (const invitation of await lockDueInvitations(tx, ids))
      await expireInvitation(tx, invitation, await getPartner(tx, invitation.partnerId));
  },
};

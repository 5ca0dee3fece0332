import { Invitation } from "../../entities/invitations/invitation";
import { asPartner } from "../access/allow";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { getPartner } from "../organizations";
import { checkWords, draftOf, type InvitationDraft } from "./invitation-draft";
import { invitationEventPayload } from "./invitation-event-payload";
import { findToken, LINK_PLACEHOLDER, linkOf } from "./invitation-link";
import { invitationErrors } from "./invitation.errors";
import { ensurePending } from "./invitation.lifecycle";
import { lockOwnInvitation } from "./invitation.repository";
import { linkMissing } from "./invite-customer";

/** New words for a draft; an absent field is left alone. */
export interface EditInvitation {
  invitationId: string;
  subject?: string | null;
  body?: string | null;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/** The invitation, and the draft with its link where the body that was sent in held the link. */
export interface EditedInvitation {
  invitation: Invitation;
  draft: InvitationDraft | null;
}

/**
 * Changes subject and body of a pending invitation's draft. The body must keep the link: the very link, or its
 * placeholder. The link itself is not stored, so the new draft shows it only if the body did. Words that are so already leave version
 * and listeners alone.
 */
export const editInvitation = defineMutation(
  {
    name: "editInvitation",
    permission: "invitation.edit",
    description: "Changes subject and text of a pending invitation's draft; the text must keep the link.",
    codes: [
      generalErrors.ID_MALFORMED,
      generalErrors.FIELD_INVALID,
      invitationErrors.INVITATION_NOT_FOUND,
      invitationErrors.INVITATION_LINK_MISSING,
      invitationErrors.INVITATION_EXPIRED,
      invitationErrors.INVITATION_REVOKED,
      invitationErrors.INVITATION_DECLINED,
      invitationErrors.INVITATION_ALREADY_USED,
      generalErrors.STALE_VERSION,
    ],
    events: ["invitation.edited"],
  },
  async (ctx, input: EditInvitation): Promise<EditedInvitation> => {
    const { partnerId } = asPartner(ctx.actor);
    const { publicUrl } = ctx.settings;
    const checks = new FieldChecks().id("invitationId", input.invitationId, Invitation);
    checkWords(checks, input).done();
    return ctx.transaction(async (tx) => {
      const found = await lockOwnInvitation(tx, partnerId, input.invitationId);
      if (!found) throw invitationNotFound("invitationId");
      ensurePending(found, ctx.now());
      ensureVersion(found, input.expectedVersion);
      const token = findToken(input.body ?? "", publicUrl, found.tokenHash);
      const link = token ? linkOf(publicUrl, token) : undefined;
      const bodyTemplate = link ? input.body?.split(link).join(LINK_PLACEHOLDER) : input.body;
      if (typeof bodyTemplate === "string" && !bodyTemplate.includes(LINK_PLACEHOLDER)) {
        new FieldChecks().refusal(linkMissing()).done();
      }
      const words = {
        subject: input.subject?.trim() ?? found.subject,
        bodyTemplate: bodyTemplate?.trim() ?? found.bodyTemplate,
      };
      const invitation = await tx.update(Invitation, found, words, async (edited) => {
        const payload = invitationEventPayload(edited, await getPartner(tx, partnerId));
        tx.record("invitation.edited", payload);
      });
      return { invitation, draft: link ? draftOf(invitation, link) : null };
    });
  },
);

/** What a caller learns of an invitation that is not there or not for it: the same. */
export function invitationNotFound(field: string) {
  return invitationErrors.INVITATION_NOT_FOUND("There is no such invitation for you.", { field });
}

import { Customer } from "../../entities/customers/customer";
import { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import { Partner, ProgrammeRole } from "../../entities/partners/partner";
import { actorId } from "../access/actor";
import { asPartner } from "../access/allow";
import { newId } from "../values/ids";
import { daysAfter } from "../values/instant";
import { generalErrors } from "../errors/general.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { getVisibleCustomer } from "../customers";
import { getPartner, organizationErrors } from "../organizations";
import { emailAddressProblem, normalizeEmailAddress, ownDomainProblem } from "../values/email-address";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { findProviderOf } from "../partners";
import { expireInvitation } from "./expire-invitation";
import { checkWords, draftOf, type InvitationDraft, proposedDraft } from "./invitation-draft";
import { invitationEventPayload } from "./invitation-event-payload";
import { hashToken, LINK_PLACEHOLDER, linkOf, newToken } from "./invitation-link";
import { invitationErrors } from "./invitation.errors";
import { statusAt } from "./invitation.lifecycle";
import { lockPendingInvitation } from "./invitation.repository";

/** Whom to invite, with whom, and in which words. */
export interface InviteCustomer {
  /** Required unless the link is reusable. */
  recipientEmail?: string | null;
  /** An indirect reseller's provider that the same link shall bind the customer to (docs/sources.md, invitations). */
  indirectProviderId?: string | null;
  /** The only customer that may use the link; anyone who holds it when absent. */
  customerId?: string | null;
  reusable?: boolean | null;
  expiresInDays?: number | null;
  subject?: string | null;
  /** Must hold {{link}} where the link belongs. */
  body?: string | null;
  idempotencyKey?: string | null;
}

/** The invitation, and what only its inviter ever sees: the link and the draft around it. */
export interface InvitedCustomer {
  invitation: Invitation;
  link: string;
  draft: InvitationDraft;
}

/**
 * Makes an invitation with its personalized link. Nothing is sent: the partner mails the draft.
 */
export const inviteCustomer = defineMutation(
  {
    name: "inviteCustomer",
    permission: "invitation.create",
    description:
      "Makes an invitation with a personalized link and the draft e-mail around it; nothing is sent.",
    codes: [
      generalErrors.FIELD_INVALID,
      generalErrors.ID_MALFORMED,
      invitationErrors.INVITATION_LINK_MISSING,
      organizationErrors.PARTNER_NOT_FOUND,
      organizationErrors.CUSTOMER_NOT_FOUND,
      invitationErrors.INVITATION_ALREADY_PENDING,
    ],
    events: ["invitation.sent", ["invitation.expired", "for one to the same address whose time is over"]],
  },
  async (ctx, input: InviteCustomer): Promise<InvitedCustomer> => {
    const actor = asPartner(ctx.actor);
    checkInput(input);
    if (input.customerId)
      await getVisibleCustomer(ctx, input.customerId, { field: "customerId", wanted: ["id"] });
    return ctx.transaction(async (tx) => {
      const partner = await getPartner(tx, actor.partnerId);
      const provider = await findProvider(tx, partner, input.indirectProviderId);
      const recipientEmail = input.recipientEmail ? normalizeEmailAddress(input.recipientEmail) : null;
      new FieldChecks().field("recipientEmail", ownDomainProblem(recipientEmail, partner.domain)).done();
      const pendingKey = recipientEmail ? `${partner.id}/${provider?.id ?? ""}/${recipientEmail}` : null;
      if (pendingKey) await freePendingKey(tx, partner, pendingKey);
      const token = newToken();
      const proposed = proposedDraft(partner, provider, { reusable: input.reusable ?? false });
      const invitation = await tx.insert(Invitation, {
        id: newId(Invitation),
        partnerId: partner.id,
        providerId: provider?.id ?? null,
        tokenHash: hashToken(token),
        status: InvitationStatus.PENDING,
        recipientEmail,
        pendingKey,
        reusable: input.reusable ?? false,
        customerId: input.customerId ?? null,
        subject: input.subject?.trim() ?? proposed.subject,
        bodyTemplate: input.body?.trim() ?? proposed.bodyTemplate,
        expiresAt: daysAfter(tx.now, input.expiresInDays ?? ctx.settings.invitationLifetimeDays),
        endedAt: null,
        createdBy: actorId(actor),
        createdAt: tx.now,
        updatedAt: tx.now,
        version: 1,
      });
      tx.record("invitation.sent", invitationEventPayload(invitation, partner));
      const link = linkOf(ctx.settings.publicUrl, token);
      return { invitation, link, draft: draftOf(invitation, link) };
    });
  },
);

function checkInput(input: InviteCustomer): void {
  const { recipientEmail, body } = input;
  const checks = new FieldChecks()
    .id("indirectProviderId", input.indirectProviderId, Partner)
    .id("customerId", input.customerId, Customer)
    .range("expiresInDays", input.expiresInDays, 1, 365);
  checkWords(checks, input);
  if (recipientEmail)
    checks.field("recipientEmail", emailAddressProblem(normalizeEmailAddress(recipientEmail)));
  else if (!input.reusable) {
    checks.field("recipientEmail", "recipientEmail is required unless the invitation is reusable.");
  }
  if (input.reusable && input.customerId) {
    checks.field("customerId", "A reusable invitation is for anyone; leave customerId out, or reusable.");
  }
  if (typeof body === "string" && !body.includes(LINK_PLACEHOLDER)) checks.refusal(linkMissing());
  checks.done();
}

/** What a body without its link is answered. */
export function linkMissing() {
  return invitationErrors.INVITATION_LINK_MISSING(
    `The body must keep the link: leave it unchanged, or write ${LINK_PLACEHOLDER} where it belongs.`,
    { field: "body" },
  );
}

async function findProvider(
  tx: Transaction,
  partner: Partner,
  providerId?: string | null,
): Promise<Partner | null> {
  if (!providerId) return null;
  const found = await findProviderOf(tx, partner.id, providerId);
  if (found && partner.programmeRole === ProgrammeRole.INDIRECT_RESELLER) return found;
  throw organizationErrors.PARTNER_NOT_FOUND(
    "You have no active partnership with such an indirect provider.",
    {
      field: "indirectProviderId",
    },
  );
}

/** An invitation that has expired unnoticed so far must not keep the address from being invited again. */
async function freePendingKey(tx: Transaction, partner: Partner, pendingKey: string): Promise<void> {
  const pending = await lockPendingInvitation(tx, pendingKey);
  if (!pending) return;
  if (statusAt(pending, tx.now) === InvitationStatus.PENDING) {
    throw invitationErrors.INVITATION_ALREADY_PENDING(
      "An invitation to this address is pending. Edit or revoke that one, or wait for the answer.",
      { field: "recipientEmail", details: { existingId: pending.id } },
    );
  }
  await expireInvitation(tx, pending, partner);
}

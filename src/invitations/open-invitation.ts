import { InvitationStatus } from "../../entities/invitations/invitation";
import type { ProgrammeRole } from "../../entities/partners/partner";
import { idAs } from "../values/ids";
import type { Instant } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { DomainError } from "../errors/domain-error";
import { acceptanceRefusal } from "./acceptance";
import { invitationNotFound } from "./edit-invitation";
import { ensurePending, statusAt } from "./invitation.lifecycle";
import { invitationBearer, canView, otherCustomerRefusal } from "./invitation.policy";
import { findInvitationByToken, findParties } from "./invitation.repository";

/** An object of its own in the schema, for which nothing is stored. */
const RECEIVED_INVITATION = { ids: { prefix: "rinv", noun: "received invitation" } };

/** An invitation as the one who got its link sees it: enough to decide, and why it cannot be accepted if so. */
export interface ReceivedInvitation {
  /** Of this view of it alone: `invitationId` is the invitation's. */
  id: string;
  invitationId: string;
  status: InvitationStatus;
  partnerName: string;
  partnerCountry: string;
  partnerProgrammeRole: ProgrammeRole;
  providerName: string | null;
  expiresAt: Instant;
  canAccept: boolean;
  refusalCode: string | null;
  refusalMessage: string | null;
  /** Whether accepting takes company name, domain and country. */
  companyDetailsRequired: boolean;
}

/**
 * Shows the invitation behind a link to the one who got it; changes nothing, so a mail scanner may open links.
 * @throws INVITATION_NOT_FOUND no such invitation, or the link is not for this customer
 */
export async function openInvitation(ctx: UseCaseContext, token: string): Promise<ReceivedInvitation> {
  const { actor } = ctx;
  const holder = invitationBearer(actor);
  return ctx.read(async (reads) => {
    const invitation = await findInvitationByToken(reads, token.trim());
    if (!invitation || !canView(holder, invitation)) throw invitationNotFound("token");
    const { customer, sellers } = await findParties(reads, invitation, holder?.customerId ?? null);
    const [{ partner }, provider] = sellers;
    const now = ctx.now();
    const refusal =
      otherCustomerRefusal(holder, invitation) ??
      refusalBy(() => ensurePending(invitation, now)) ??
      (await acceptanceRefusal(reads, invitation, sellers, customer));
    return {
      id: idAs(RECEIVED_INVITATION, invitation.id),
      invitationId: invitation.id,
      status: statusAt(invitation, now),
      partnerName: partner.name,
      partnerCountry: partner.country,
      partnerProgrammeRole: partner.programmeRole,
      providerName: provider?.partner.name ?? null,
      expiresAt: invitation.expiresAt,
      canAccept: refusal === undefined,
      refusalCode: refusal?.code ?? null,
      refusalMessage: refusal?.message ?? null,
      companyDetailsRequired: actor.kind === "PROSPECT",
    };
  });
}

function refusalBy(check: () => void): DomainError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

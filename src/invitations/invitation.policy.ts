import { type Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import { type Actor, organizationOf } from "../access/actor";
import type { DomainError } from "../errors/domain-error";
import { normalizeEmailAddress } from "../values/email-address";
import { invitationErrors } from "./invitation.errors";

type Link = Pick<Invitation, "customerId" | "recipientEmail" | "status">;

/** Who holds a link: a person, and its organization where that is known. */
export interface InvitationBearer {
  customerId: string | null;
  email: string;
}

/** The actor as somebody who holds a link; nothing for one who can never be a customer. */
export function invitationBearer(
  actor: Actor,
  knownCustomerId: string | null = null,
): InvitationBearer | undefined {
  if (actor.kind === "CUSTOMER_USER") return { customerId: actor.customerId, email: actor.email };
  if (actor.kind === "PROSPECT") return { customerId: knownCustomerId, email: actor.email };
  return undefined;
}

/**
 * Whether somebody who holds the link may learn what became of it. A link that names or was used by an organization
 * tells its story to that organization and to the person it was sent to; any other link to everyone who holds it. To
 * everybody else it does not exist.
 */
export function canView(holder: InvitationBearer | undefined, invitation: Link): boolean {
  if (!holder) return false;
  if (invitation.customerId === null || invitation.customerId === holder.customerId) return true;
  return (
    invitation.recipientEmail !== null && invitation.recipientEmail === normalizeEmailAddress(holder.email)
  );
}

/**
 * Whom the draft was addressed to, for the partner that wrote it; null for everybody else: a link is passed on, and a reusable one is
 * accepted by organizations that have nothing to do with each other.
 */
export function recipientFor(actor: Actor, invitation: Pick<Invitation, "partnerId" | "recipientEmail">) {
  return organizationOf(actor) === invitation.partnerId ? invitation.recipientEmail : null;
}

/** Why the holder's organization cannot use a link that names another one; nothing when it can. */
export function otherCustomerRefusal(
  holder: InvitationBearer | undefined,
  invitation: Link,
): DomainError | undefined {
  if (invitation.customerId === null || invitation.customerId === holder?.customerId) return undefined;
  if (invitation.status === InvitationStatus.ACCEPTED) {
    return invitationErrors.INVITATION_ALREADY_USED("Another organization has accepted this invitation.", {
      field: "token",
    });
  }
  return invitationErrors.INVITATION_FOR_ANOTHER_CUSTOMER(
    "This invitation is for another organization than the one you signed in to.",
    { field: "token" },
  );
}

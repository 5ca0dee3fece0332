import type { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import type { AdminRole, AgentRole } from "../../entities/identity/user";

interface SignedInPerson {
  /** The identity provider's id of the person's organization. */
  tenantId: string;
  /** The identity provider's id of the person. */
  subject: string;
  email: string;
  displayName: string;
}

/** A person who works for a partner. */
export interface PartnerUserActor extends SignedInPerson {
  kind: "PARTNER_USER";
  userId: string;
  partnerId: string;
  programmeRole: ProgrammeRole;
  agentRoles: AgentRole[];
  adminRoles: AdminRole[];
}

/** A person who works for a customer that we know. */
export interface CustomerUserActor extends SignedInPerson {
  kind: "CUSTOMER_USER";
  userId: string;
  customerId: string;
  adminRoles: AdminRole[];
}

/** A Global admin, by the word of a trusted issuer, of an organization that we do not know yet. */
export interface ProspectActor extends SignedInPerson {
  kind: "PROSPECT";
  /** The cloud that the token's issuer speaks for. */
  cloud: Cloud;
}

/** The program itself: commands and processors. */
export interface SystemActor {
  kind: "SYSTEM";
}

/** Who is calling: a closed list, never "user or null" (design.md 8). */
export type Actor = PartnerUserActor | CustomerUserActor | ProspectActor | SystemActor;

/** The name under which an actor's deeds are written down: the user's id where there is one. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case "PARTNER_USER":
    case "CUSTOMER_USER":
      return actor.userId;
    case "PROSPECT":
      return `${actor.tenantId}/${actor.subject}`;
    case "SYSTEM":
      return "system";
  }
}

/** The organization whose events and rows the actor may read; none for a prospect and for the program itself. */
export function organizationOf(actor: Actor): string | undefined {
  if (actor.kind === "PARTNER_USER") return actor.partnerId;
  if (actor.kind === "CUSTOMER_USER") return actor.customerId;
  return undefined;
}

import type { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import type { AdminRole, AgentRole } from "../../entities/identity/user";
import type { Permission } from "./permissions";

/** What an actor may use: worked out once, when it is found out who it is, and shared by all with the same roles. */
export type PermissionSet = ReadonlySet<Permission>;

interface SignedInPerson {
  /** The identity provider's id of the person's organization. */
  tenantId: string;
  /** The identity provider's id of the person. */
  subject: string;
  email: string;
  displayName: string;
  permissions: PermissionSet;
}

/** A person who works for a partner. */
export interface PartnerUserActor extends SignedInPerson {
  kind: "PARTNER_USER";
  userId: string;
  partnerId: string;
  programmeRole: ProgrammeRole;
  agentRoles: AgentRole[];
  adminRoles: AdminRole[];
  /**
   * Whose grants on single customers are looked at: the user's own id. Absent where its roles give every permission that
   * a grant could. A fact that decides rights, so an execution that many share has it (see impersonal).
   */
  grantHolderId?: string;
}

/** A person who works for a customer that we know. */
export interface CustomerUserActor extends SignedInPerson {
  kind: "CUSTOMER_USER";
  userId: string;
  customerId: string;
  adminRoles: AdminRole[];
}

interface ApiKeyActor {
  apiKeyId: string;
  tenantId: string;
  /** The key's name, as its Global admin gave it. */
  displayName: string;
  permissions: PermissionSet;
}

/** A service or listener that works for a partner. */
export interface PartnerKeyActor extends ApiKeyActor {
  kind: "PARTNER_KEY";
  partnerId: string;
  programmeRole: ProgrammeRole;
}

/** A service or listener that works for a customer. */
export interface CustomerKeyActor extends ApiKeyActor {
  kind: "CUSTOMER_KEY";
  customerId: string;
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

/** Whoever works for a partner, person or key. */
export type PartnerActor = PartnerUserActor | PartnerKeyActor;

/** Whoever works for a customer, person or key. */
export type CustomerActor = CustomerUserActor | CustomerKeyActor;

/** Whoever works for an organization that we know. */
export type MemberActor = PartnerActor | CustomerActor;

/** Who is calling: a closed list, never "user or null". */
export type Actor = MemberActor | ProspectActor | SystemActor;

/** Whether the actor works for a partner. */
export function isOfPartner(actor: Actor): actor is PartnerActor {
  return actor.kind === "PARTNER_USER" || actor.kind === "PARTNER_KEY";
}

/** Whether the actor works for a customer. */
export function isOfCustomer(actor: Actor): actor is CustomerActor {
  return actor.kind === "CUSTOMER_USER" || actor.kind === "CUSTOMER_KEY";
}

/**
 * What tells one caller from every other: the id of the user or key where there is one. For limits and idempotency keys only: it may hold
 * an identity provider's subject, which no other organization may learn (see actorId).
 */
export function callerKey(actor: Actor): string {
  switch (actor.kind) {
    case "PARTNER_USER":
    case "CUSTOMER_USER":
      return actor.userId;
    case "PARTNER_KEY":
    case "CUSTOMER_KEY":
      return actor.apiKeyId;
    case "PROSPECT":
      return `${actor.tenantId}/${actor.subject}`;
    case "SYSTEM":
      return "system";
  }
}

/** The id under which events and logs name an actor to every organization: never an identity provider's subject. */
export function actorId(actor: Actor): string {
  return actor.kind === "PROSPECT" ? actor.tenantId : callerKey(actor);
}

/** The organization whose events and rows the actor may read; none for a prospect and for the program itself. */
export function organizationOf(actor: MemberActor): string;
export function organizationOf(actor: Actor): string | undefined;
export function organizationOf(actor: Actor): string | undefined {
  if (isOfPartner(actor)) return actor.partnerId;
  if (isOfCustomer(actor)) return actor.customerId;
  return undefined;
}

/** An actor who belongs to an organization, as only those may follow events. Throws a plain Error for anyone else: a defect. */
export function memberOf(actor: Actor): MemberActor {
  if (isOfPartner(actor) || isOfCustomer(actor)) return actor;
  throw new Error("Only an actor who belongs to an organization can follow events.");
}

import { generalErrors } from "../errors/general.errors";
import type { Actor, PartnerUserActor } from "./actor";
import { allPermissions, type Grant, grantOf, type Permission, type Role } from "./permissions";

/** Whether the actor's kind, roles and programme role allow it. Says nothing about a particular row. */
export function mayUse(actor: Actor, permission: Permission): boolean {
  const grant = grantOf(permission);
  switch (actor.kind) {
    case "SYSTEM":
      return true;
    case "PROSPECT":
      return grant.prospect === true;
    case "CUSTOMER_USER":
      return holdsOne(actor.adminRoles, grant.customer);
    case "PARTNER_USER":
      return (
        holdsOne([...actor.agentRoles, ...actor.adminRoles], grant.partner) &&
        (grant.programmes?.includes(actor.programmeRole) ?? true)
      );
  }
}

/**
 * Passes an actor who may, stops every other one.
 * @throws FORBIDDEN naming the roles of which any one would do
 */
export function ensureMayUse(actor: Actor, permission: Permission): void {
  if (mayUse(actor, permission)) return;
  const grant = grantOf(permission);
  const { message, roles } = wayOut(actor, grant);
  throw generalErrors.FORBIDDEN(`Your roles do not allow you to ${lowerFirst(grant.means)}. ${message}`, {
    details: { permission, roles },
  });
}

/** Everything that the actor may use, in the table's order. */
export function permissionsOf(actor: Actor): Permission[] {
  return allPermissions.filter((permission) => mayUse(actor, permission));
}

function holdsOne(held: Role[], wanted: Grant["partner"]): boolean {
  if (wanted === "ANYONE") return true;
  return wanted !== undefined && held.some((role) => wanted.includes(role));
}

function wayOut(actor: Actor, grant: Grant): { message: string; roles: string[] } {
  if (actor.kind === "PROSPECT") {
    return { message: "Your organization is not known here yet: accept an invitation first.", roles: [] };
  }
  const side = actor.kind === "PARTNER_USER" ? grant.partner : grant.customer;
  if (actor.kind === "PARTNER_USER" && grant.programmes && !grant.programmes.includes(actor.programmeRole)) {
    return {
      message: `It takes a partner whose programme role is ${grant.programmes.join(" or ")}; yours is ${actor.programmeRole}.`,
      roles: grant.programmes,
    };
  }
  if (side === undefined) {
    const whose = grant.partner ? "a partner" : "a customer";
    const roles = rolesOf(grant.partner ?? grant.customer);
    const which = roles.length > 0 ? ` with one of: ${roles.join(", ")}` : "";
    return { message: `It is for users of ${whose}${which}.`, roles };
  }
  const roles = rolesOf(side);
  return { message: `It takes one of: ${roles.join(", ")}.`, roles };
}

function rolesOf(side: Grant["partner"]): string[] {
  return side === undefined || side === "ANYONE" ? [] : [...side];
}

/**
 * The caller as a partner's user, in a use case that only they can have permission for.
 * @throws FORBIDDEN the caller is somebody else
 */
export function asPartnerUser(actor: Actor): PartnerUserActor {
  if (actor.kind === "PARTNER_USER") return actor;
  throw generalErrors.FORBIDDEN("This is for users of a partner.");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

import { generalErrors } from "../errors/general.errors";
import { type Actor, isOfPartner, type PartnerActor } from "./actor";
import type { PermissionMatrix } from "./permission-matrix";
import { allPermissions, type PermissionRule, type Permission } from "./permissions";

/** Whether the actor may use it at all. Says nothing about a particular row. */
export function mayUse(actor: Actor, permission: Permission): boolean {
  return actor.kind === "SYSTEM" || actor.permissions.has(permission);
}

/**
 * Passes an actor who may, stops every other one.
 * @throws FORBIDDEN naming the roles any one of which is sufficient
 */
export function ensureMayUse(actor: Actor, permission: Permission, matrix: PermissionMatrix): void {
  if (mayUse(actor, permission)) return;
  const rule = matrix.ruleOf(permission);
  const { message, roles } = remediation(actor, permission, rule);
  throw generalErrors.FORBIDDEN(`You are not allowed to ${lowerFirst(rule.means)}. ${message}`, {
    details: { permission, roles },
  });
}

/** Everything that the actor may use, in the table's order. */
export function permissionsOf(actor: Actor): Permission[] {
  return allPermissions.filter((permission) => mayUse(actor, permission));
}

interface Remediation {
  message: string;
  roles: string[];
}

function remediation(actor: Actor, permission: Permission, rule: PermissionRule): Remediation {
  if (actor.kind === "PROSPECT") {
    return { message: "Your organization is not known here yet: accept an invitation first.", roles: [] };
  }
  const ofPartner = isOfPartner(actor);
  if (ofPartner && rule.programmes && !rule.programmes.includes(actor.programmeRole)) {
    return {
      message: `It takes a partner whose programme role is ${rule.programmes.join(" or ")}; yours is ${actor.programmeRole}.`,
      roles: rule.programmes,
    };
  }
  const side = ofPartner ? rule.partner : rule.customer;
  if (side === undefined) {
    const whose = rule.partner ? "a partner" : "a customer";
    const roles = rolesOf(rule.partner ?? rule.customer);
    const which = roles.length > 0 ? ` with one of: ${roles.join(", ")}` : "";
    return { message: `It is for users of ${whose}${which}.`, roles };
  }
  const roles = rolesOf(side);
  const which = roles.length > 0 ? `It takes one of: ${roles.join(", ")}.` : "Every active user may.";
  if (actor.kind === "PARTNER_KEY" || actor.kind === "CUSTOMER_KEY")
    return remediationForKeys(permission, rule, which, roles);
  return { message: which, roles };
}

function remediationForKeys(
  permission: Permission,
  rule: PermissionRule,
  which: string,
  roles: string[],
): Remediation {
  const message = rule.peopleOnly
    ? `No API key may; a person must sign in. ${which}`
    : `This API key does not have the permission ${permission}: a Global admin can make one that does.`;
  return { message, roles };
}

function rolesOf(side: PermissionRule["partner"]): string[] {
  return side === undefined || side === "ANYONE" ? [] : [...side];
}

/**
 * The caller as one who works for a partner, in a use case that only they can have permission for.
 * @throws FORBIDDEN the caller is somebody else
 */
export function asPartner(actor: Actor): PartnerActor {
  if (isOfPartner(actor)) return actor;
  throw generalErrors.FORBIDDEN("This is for users of a partner.");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

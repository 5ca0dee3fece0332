import type { Instant } from "../values/instant";
import type { Actor, PermissionSet } from "./actor";
import { mayUse } from "./allow";
import { allPermissions, type Permission, type PermissionRule, permissions } from "./permissions";

/**
 * A permission that somebody has. A role gives it for the whole organization and for as long as the role is held; what follows
 * from delegated administration is limited to a customer, and to a time.
 */
export interface Grant {
  permission: Permission;
  /** The only customer that it is for; every customer of the organization where it is absent. */
  customerId?: string;
  /** From when on it is as if it were not there; it has no end of its own where that is absent. */
  until?: Instant;
}

/** Who asks, and by which clock: what a scope is made of. */
export interface Caller {
  readonly actor: Actor;
  now(): Instant;
}

const perCustomer = new Set(
  allPermissions.filter((name) => (permissions[name] as PermissionRule).perCustomer === true),
);

/** Whether a grant may limit this permission to a customer. */
export function isPerCustomer(permission: Permission): boolean {
  return perCustomer.has(permission);
}

/** Whether grants on single customers can add something to what somebody's roles give. */
export function canBeExtended(permissionsOfRoles: PermissionSet): boolean {
  return [...perCustomer].some((permission) => !permissionsOfRoles.has(permission));
}

/**
 * The actor for work that takes these permissions and no others: where its roles give all of them, without the user whose grants would
 * be asked for, so that everybody with the same roles is alike.
 */
export function withoutUselessGrants<Kind extends Actor>(actor: Kind, needed: readonly Permission[]): Kind {
  if (grantHolderOf(actor) === undefined || !needed.every((one) => mayUse(actor, one))) return actor;
  const alike = { ...actor };
  if (alike.kind === "PARTNER_USER") delete alike.grantHolderId;
  return alike;
}

/** The user whose grants on single customers are asked for; undefined for whom there are none to ask for. */
export function grantHolderOf(actor: Actor): string | undefined {
  return actor.kind === "PARTNER_USER" ? actor.grantHolderId : undefined;
}

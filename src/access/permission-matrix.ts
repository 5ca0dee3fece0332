import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { ProgrammeRole } from "../../entities/partners/partner";
import type { PermissionSet } from "./actor";
import { allPermissions, type PermissionRule, type Permission, permissions, type Role } from "./permissions";

/** Whose permissions are asked for: the facts that decide them, and no others. */
export type PermissionHolder =
  | { side: "PARTNER"; programmeRole: ProgrammeRole; roles: readonly Role[] }
  | { side: "CUSTOMER"; roles: readonly Role[] }
  | { side: "PROSPECT" };

/** What an operator may set for one permission: the roles that have it, or ANYONE; what is absent stays as it is. */
export interface PermissionOverride {
  partner?: Role[] | "ANYONE";
  customer?: Role[] | "ANYONE";
}

/** Every role of both axes. */
export const allRoles: Role[] = [...Object.values(AgentRole), ...Object.values(AdminRole)];

/** The permissions without which nobody could give a role back that was taken by mistake. */
const KEPT_BY_GLOBAL_ADMINS: Permission[] = [
  "viewer.read",
  "user.read",
  "user.create",
  "user.update",
  "user.assign-agent-roles",
];

/** Who may do what here: the table of permissions, with what the operator set instead. */
export class PermissionMatrix {
  private readonly rules: Record<Permission, PermissionRule>;
  private readonly sets = new Map<string, PermissionSet>();

  constructor(overrides: Partial<Record<Permission, PermissionOverride>> = {}) {
    const merged = allPermissions.map(
      (name) => [name, { ...permissions[name], ...overrides[name] }] as const,
    );
    this.rules = Object.fromEntries(merged) as Record<Permission, PermissionRule>;
  }

  /** A permission's row of the table. */
  ruleOf(permission: Permission): PermissionRule {
    return this.rules[permission];
  }

  /** What somebody may use; the same set for all who have the same roles. */
  permissionsOf(holder: PermissionHolder): PermissionSet {
    const key = JSON.stringify(holder);
    let set = this.sets.get(key);
    if (!set) {
      set = new Set(allPermissions.filter((name) => has(holder, this.rules[name])));
      this.sets.set(key, set);
    }
    return set;
  }

  /** The most that an API key of such an organization can be given. */
  mostOfKeys(
    organization: { side: "PARTNER"; programmeRole: ProgrammeRole } | { side: "CUSTOMER" },
  ): PermissionSet {
    const all = this.permissionsOf({ ...organization, roles: allRoles });
    return new Set([...all].filter((name) => !this.rules[name].peopleOnly));
  }
}

function has(holder: PermissionHolder, rule: PermissionRule): boolean {
  switch (holder.side) {
    case "PROSPECT":
      return rule.prospect === true;
    case "CUSTOMER":
      return holdsOne(holder.roles, rule.customer);
    case "PARTNER":
      return (
        holdsOne(holder.roles, rule.partner) && (rule.programmes?.includes(holder.programmeRole) ?? true)
      );
  }
}

function holdsOne(held: readonly Role[], wanted: PermissionRule["partner"]): boolean {
  if (wanted === "ANYONE") return true;
  return wanted !== undefined && held.some((role) => wanted.includes(role));
}

/** The table as it is without a configuration file. */
export const defaultMatrix = new PermissionMatrix();

/**
 * Reads an operator's table: `{ "customer.read": { "partner": ["ADMIN_AGENT", "SALES_AGENT"] } }`. Gives the matrix, or
 * every problem in words. Programme roles, and what a prospect or an API key can never have, are not the operator's:
 * they come from the field (docs/sources.md, partner types).
 */
export function readMatrix(text: string): { matrix: PermissionMatrix } | { problems: string[] } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return { problems: [`is no JSON: ${(error as Error).message}`] };
  }
  if (!isObject(found)) return { problems: ["must be an object with a permission's name as each key"] };
  const problems = Object.entries(found).flatMap(([name, rule]) => problemsOf(name, rule));
  if (problems.length > 0) return { problems };
  const matrix = new PermissionMatrix(found);
  const lockedOut = KEPT_BY_GLOBAL_ADMINS.filter((name) => !keepsGlobalAdmins(matrix.ruleOf(name)));
  if (lockedOut.length === 0) return { matrix };
  return {
    problems: lockedOut.map((name) => `${name}: must keep GLOBAL_ADMIN, or nobody could mend roles any more`),
  };
}

function keepsGlobalAdmins({ partner, customer }: PermissionRule): boolean {
  return [partner, customer].every((side) => side === undefined || holdsOne([AdminRole.GLOBAL_ADMIN], side));
}

function problemsOf(name: string, rule: unknown): string[] {
  if (!Object.hasOwn(permissions, name)) {
    return [`${name}: is no permission; there are ${allPermissions.join(", ")}`];
  }
  if (!isObject(rule)) return [`${name}: must be an object with partner, customer or both`];
  const row: PermissionRule = permissions[name as Permission];
  return Object.entries(rule).flatMap(([side, roles]) => {
    if (side !== "partner" && side !== "customer") {
      return [`${name}.${side}: is not the operator's to set; partner and customer are`];
    }
    if (row[side] === undefined) return [`${name}.${side}: no ${side} can have this permission`];
    if (roles === "ANYONE") return row[side] === "ANYONE" ? [] : [`${name}.${side}: must name the roles`];
    if (!Array.isArray(roles)) return [`${name}.${side}: must be a list of roles`];
    return (roles as unknown[])
      .filter((role) => !(allRoles as unknown[]).includes(role))
      .map((role) => `${name}.${side}: ${JSON.stringify(role)} is no role; there are ${allRoles.join(", ")}`);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { AdminRole, AgentRole, type User, UserStatus } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import type { Permission } from "../access/permissions";
import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import { userErrors } from "./user.errors";

/** The organization that a user works for: what decides which roles there are. */
export type Employer = { side: "PARTNER"; programmeRole: ProgrammeRole } | { side: "CUSTOMER" };

/** What an administrator can change of a user, and what the rules look at. */
export type UserState = Pick<User, "agentRoles" | "adminRoles" | "status">;

/** One change of a user, about to be made. */
export interface UserChange {
  permission: Permission;
  /** Who makes it, as the database knows it now. */
  caller: Pick<User, "id" | "adminRoles">;
  /** The user as it is; absent when it is about to be made. */
  before?: UserState & Pick<User, "id">;
  after: UserState;
  /** How many other active Global admins the organization has. */
  otherGlobalAdmins: number;
}

/** Programmes whose partners do not sell, so that they have no sales agents (docs/sources.md, users and roles). */
const WITHOUT_SALES = [ProgrammeRole.INDIRECT_RESELLER, ProgrammeRole.ADVISOR];

/** The agent roles that users of an organization can have: none at a customer, no sales agents at a reseller. */
export function agentRolesOffered(employer: Employer): AgentRole[] {
  if (employer.side === "CUSTOMER") return [];
  const sells = !WITHOUT_SALES.includes(employer.programmeRole);
  return Object.values(AgentRole).filter((role) => sells || role !== AgentRole.SALES_AGENT);
}

/** Why users of such an organization cannot have these agent roles; nothing when they can (docs/sources.md, users and roles). */
export function agentRolesRefusal(
  employer: Employer,
  agentRoles: readonly AgentRole[],
): DomainError | undefined {
  const allowed = agentRolesOffered(employer);
  const strange = agentRoles.filter((role) => !allowed.includes(role));
  if (strange.length === 0) return undefined;
  const whose =
    employer.side === "CUSTOMER"
      ? "Users of a customer have no agent roles; leave agentRoles out."
      : `${strange.join(", ")} is not for users of a partner whose programme role is ${employer.programmeRole}. It has ${allowed.join(", ")}.`;
  return userErrors.ROLE_NOT_OFFERED(whose, { field: "agentRoles", details: { allowed } });
}

/** Whether somebody has the Global admin role, signed in yet or not. */
export function isGlobalAdmin({ adminRoles }: Pick<User, "adminRoles">): boolean {
  return adminRoles.includes(AdminRole.GLOBAL_ADMIN);
}

/** Whether somebody can work as a Global admin now. */
export function isActiveGlobalAdmin(user: Pick<User, "adminRoles" | "status">): boolean {
  return isGlobalAdmin(user) && user.status === UserStatus.ACTIVE;
}

/**
 * Why a change of a user may not be made; nothing when it may. Only a Global admin makes, changes or unmakes a Global
 * admin, so nobody lifts itself; an organization always keeps one; nobody locks itself out (docs/sources.md, users and roles).
 */
export function userChangeRefusal(change: UserChange): DomainError | undefined {
  return rankRefusal(change) ?? lastGlobalAdminRefusal(change) ?? ownUserRefusal(change);
}

/** Whether a change gives agent roles, takes them away, or lets a deactivated user have them again. */
export function assignsAgentRoles({ before, after }: Pick<UserChange, "before" | "after">): boolean {
  const had = before && before.status !== UserStatus.INACTIVE ? before.agentRoles : [];
  const has = after.status === UserStatus.INACTIVE ? had : after.agentRoles;
  return !sameRoles({ agentRoles: had }, { agentRoles: has });
}

function rankRefusal({ permission, caller, before, after }: UserChange): DomainError | undefined {
  if (isGlobalAdmin(caller)) return undefined;
  const message =
    before && isGlobalAdmin(before)
      ? "Only a Global admin may change a user who is Global admin."
      : isGlobalAdmin(after)
        ? "Only a Global admin may give the Global admin role."
        : before?.id === caller.id && !sameRoles(before, after)
          ? "You may not change your own roles. A Global admin can."
          : undefined;
  if (message === undefined) return undefined;
  return generalErrors.FORBIDDEN(message, { details: { permission, roles: [AdminRole.GLOBAL_ADMIN] } });
}

function lastGlobalAdminRefusal({ before, after, otherGlobalAdmins }: UserChange): DomainError | undefined {
  const stands = !before || !isActiveGlobalAdmin(before) || isActiveGlobalAdmin(after);
  if (stands || otherGlobalAdmins > 0) return undefined;
  return userErrors.LAST_GLOBAL_ADMIN(
    "This is the last active Global admin of the organization. Make somebody else a Global admin first.",
    { field: "userId" },
  );
}

function ownUserRefusal({ caller, before, after }: UserChange): DomainError | undefined {
  if (before?.id !== caller.id) return undefined;
  const message =
    after.status !== UserStatus.ACTIVE
      ? "This is your own user: another administrator can deactivate it."
      : isGlobalAdmin(before) && !isGlobalAdmin(after)
        ? "This is your own user: another Global admin can take the role away."
        : undefined;
  return message === undefined ? undefined : userErrors.USER_IS_YOURSELF(message, { field: "userId" });
}

type RolesOfUser = Partial<Pick<UserState, "agentRoles" | "adminRoles">>;

function sameRoles(before: RolesOfUser, after: RolesOfUser): boolean {
  const rolesOf = ({ agentRoles = [], adminRoles = [] }: RolesOfUser) =>
    [...agentRoles, ...adminRoles].sort().join();
  return rolesOf(before) === rolesOf(after);
}

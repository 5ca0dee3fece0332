import { User, UserStatus } from "../../entities/identity/user";
import type { Actor, CustomerUserActor, PartnerUserActor } from "../access/actor";
import { ensureMayUse } from "../access/allow";
import type { Permission } from "../access/permissions";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { generalErrors } from "../errors/general.errors";
import { userErrors } from "./user.errors";
import {
  assignsAgentRoles,
  type Employer,
  isActiveGlobalAdmin,
  type UserChange,
  userChangeRefusal,
} from "./user.policy";
import { lockUsersWithGlobalAdmins, lockVisibleUsers } from "./user.repository";

/** A person who administers the users of its own organization. */
export type Administrator = PartnerUserActor | CustomerUserActor;

/**
 * The caller as a person of an organization, in a use case that no API key can have permission for.
 * @throws FORBIDDEN the caller is somebody else
 */
export function asAdministrator(actor: Actor): Administrator {
  if (actor.kind === "PARTNER_USER" || actor.kind === "CUSTOMER_USER") return actor;
  throw generalErrors.FORBIDDEN("This is for users of an organization; a person must sign in.");
}

/** What the caller's organization is, as far as it decides which roles there are. */
export function employerOf(administrator: Administrator): Employer {
  return administrator.kind === "PARTNER_USER"
    ? { side: "PARTNER", programmeRole: administrator.programmeRole }
    : { side: "CUSTOMER" };
}

/**
 * Locks the caller's own user and judges it by what it is now: its roles may have been taken away since it signed in.
 * @throws USER_INACTIVE, FORBIDDEN it may no longer
 */
export async function lockCaller(
  ctx: UseCaseContext,
  tx: Transaction,
  permission: Permission,
): Promise<User> {
  const { userId } = asAdministrator(ctx.actor);
  const [caller] = await lockVisibleUsers(ctx, tx, [userId]);
  return ensureStillMay(ctx, caller, permission);
}

/** A user that is about to be changed, by whom, and how many other active Global admins there are. */
export interface LockedUser {
  user: User;
  caller: User;
  otherGlobalAdmins: number;
}

/**
 * Locks a user, the caller and every Global admin of their organization, in the order of their ids, so that of two
 * Global admins who demote each other the second one finds that it is none any more.
 * @throws ID_MALFORMED, USER_NOT_FOUND there is no such user
 * @throws USER_INACTIVE, FORBIDDEN the caller may no longer
 */
export async function lockUserToChange(
  ctx: UseCaseContext,
  tx: Transaction,
  userId: string,
  permission: Permission,
): Promise<LockedUser> {
  const administrator = asAdministrator(ctx.actor);
  const users = await lockUsersWithGlobalAdmins(ctx, tx, [administrator.userId, userId]);
  const find = (id: string) => users.find((row) => row.id === id);
  const caller = ensureStillMay(ctx, find(administrator.userId), permission);
  const user = find(userId);
  if (!user) throw userErrors.USER_NOT_FOUND("There is no such user that you may see.", { field: "userId" });
  const others = users.filter((row) => row.id !== userId && isActiveGlobalAdmin(row));
  return { user, caller, otherGlobalAdmins: others.length };
}

/**
 * Checks the shape of a user's id.
 * @throws ID_MALFORMED it is no user's id
 */
export function checkUserId(userId: string): void {
  new FieldChecks().id("userId", userId, User).done();
}

/**
 * Lets a change of a user go on, by the caller's roles as the database has them now.
 * @throws LAST_GLOBAL_ADMIN, USER_IS_YOURSELF it would leave the organization or the caller without what they need
 * @throws FORBIDDEN only a Global admin may, or it gives or takes agent roles and the caller may not
 */
export function ensureMayChangeUser(ctx: UseCaseContext, change: UserChange & { caller: User }): void {
  const refusal = userChangeRefusal(change);
  if (refusal) throw refusal;
  if (assignsAgentRoles(change))
    ensureMayUse(callerNow(ctx, change.caller), "user.assign-agent-roles", ctx.matrix);
}

/** The caller with the permissions of the roles that its user has now. */
export function callerNow(ctx: UseCaseContext, { agentRoles, adminRoles }: User): Administrator {
  const administrator = asAdministrator(ctx.actor);
  const roles = [...agentRoles, ...adminRoles];
  return { ...administrator, permissions: ctx.matrix.permissionsOf({ ...employerOf(administrator), roles }) };
}

function ensureStillMay(ctx: UseCaseContext, caller: User | undefined, permission: Permission): User {
  if (caller?.status !== UserStatus.ACTIVE) {
    throw generalErrors.USER_INACTIVE(
      "Your user has been deactivated. An administrator of your organization can help.",
    );
  }
  ensureMayUse(callerNow(ctx, caller), permission, ctx.matrix);
  return caller;
}

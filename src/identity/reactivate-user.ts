import { User } from "../../entities/identity/user";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import type { ChangeUserStatus } from "./deactivate-user";
import { checkUserId, ensureMayChangeUser, lockUserToChange } from "./user-administration";
import { userFacts } from "./user-facts";
import { reactivate } from "./user.lifecycle";

/**
 * Gives a deactivated user its access back, with the roles it had; one who never signed in is invited again.
 * @throws USER_NOT_FOUND no such user of the caller's organization
 * @throws USER_NOT_INACTIVE it is not deactivated
 * @throws STALE_VERSION it changed since it was read
 * @throws FORBIDDEN only a Global admin may, the caller may not assign agent roles, or it has lost its own roles meanwhile
 */
export async function reactivateUser(ctx: UseCaseContext, input: ChangeUserStatus): Promise<{ user: User }> {
  checkUserId(input.userId);
  return ctx.transaction(
    async (tx) => {
      const permission = "user.reactivate";
      const { user, caller, otherGlobalAdmins } = await lockUserToChange(ctx, tx, input.userId, permission);
      const status = reactivate(user);
      const after = { ...user, status };
      ensureMayChangeUser(ctx, { permission, caller, before: user, after, otherGlobalAdmins });
      ensureVersion(user, input.expectedVersion);
      const changed = await tx.update(User, user, { status });
      tx.record("user.reactivated", userFacts(changed), [changed.organizationId]);
      return { user: changed };
    },
    { operation: "reactivateUser", key: input.idempotencyKey, input },
  );
}

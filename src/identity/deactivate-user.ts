import { User } from "../../entities/identity/user";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { ensureVersion } from "../database/writes";
import { checkUserId, ensureMayChangeUser, lockUserToChange } from "./user-administration";
import { userFacts } from "./user-facts";
import { deactivate } from "./user.lifecycle";

/** Which user, and the version the caller read. */
export interface ChangeUserStatus {
  userId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Takes all access from a user: it cannot sign in any more, and one that was invited cannot join. Its roles stay written.
 * @throws USER_NOT_FOUND no such user of the caller's organization
 * @throws USER_ALREADY_INACTIVE it is deactivated already
 * @throws LAST_GLOBAL_ADMIN, USER_IS_YOURSELF it cannot be deactivated, or not by the caller
 * @throws STALE_VERSION it changed since it was read
 * @throws FORBIDDEN only a Global admin may, the caller may not assign agent roles, or it has lost its own roles meanwhile
 */
export async function deactivateUser(ctx: UseCaseContext, input: ChangeUserStatus): Promise<{ user: User }> {
  checkUserId(input.userId);
  return ctx.transaction(
    async (tx) => {
      const permission = "user.deactivate";
      const { user, caller, otherGlobalAdmins } = await lockUserToChange(ctx, tx, input.userId, permission);
      const status = deactivate(user);
      const after = { ...user, status };
      ensureMayChangeUser(ctx, { permission, caller, before: user, after, otherGlobalAdmins });
      ensureVersion(user, input.expectedVersion);
      const changed = await tx.update(User, user, { status });
      tx.record("user.deactivated", userFacts(changed), [changed.organizationId]);
      return { user: changed };
    },
    { operation: "deactivateUser", key: input.idempotencyKey, input },
  );
}

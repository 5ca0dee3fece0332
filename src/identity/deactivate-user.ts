import { User } from "../../entities/identity/user";
import { generalErrors } from "../errors/general.errors";
import { userErrors } from "./user.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { checkUserId, ensureMayChangeUser, lockUserToChange } from "./user-administration";
import { userEventPayload } from "./user-event-payload";
import { deactivate } from "./user.lifecycle";

/** Which user, and the version the caller read. */
export interface ChangeUserStatus {
  userId: string;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Takes all access from a user: it cannot sign in any more, and one that was invited cannot join. Its roles stay written.
 */
export const deactivateUser = defineMutation(
  {
    name: "deactivateUser",
    permission: "user.deactivate",
    description:
      "Takes all access from a user: its next request is refused, on another node within two seconds.",
    codes: [
      generalErrors.ID_MALFORMED,
      userErrors.USER_NOT_FOUND,
      userErrors.USER_ALREADY_INACTIVE,
      userErrors.LAST_GLOBAL_ADMIN,
      userErrors.USER_IS_YOURSELF,
      generalErrors.STALE_VERSION,
    ],
    forbidden: "for a Global admin's user unless you are one",
    events: ["user.deactivated"],
  },
  async (ctx, input: ChangeUserStatus): Promise<{ user: User }> => {
    checkUserId(input.userId);
    return ctx.transaction(async (tx) => {
      const permission = "user.deactivate";
      const { user, caller, otherGlobalAdmins } = await lockUserToChange(ctx, tx, input.userId, permission);
      const status = deactivate(user);
      const after = { ...user, status };
      ensureMayChangeUser(ctx, { permission, caller, before: user, after, otherGlobalAdmins });
      ensureVersion(user, input.expectedVersion);
      const changed = await tx.update(User, user, { status });
      tx.record("user.deactivated", userEventPayload(changed), changed.organizationId);
      return { user: changed };
    });
  },
);

import { User } from "../../entities/identity/user";
import { generalErrors } from "../errors/general.errors";
import { userErrors } from "./user.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import type { ChangeUserStatus } from "./deactivate-user";
import { checkUserId, ensureMayChangeUser, lockUserToChange } from "./user-administration";
import { userEventPayload } from "./user-event-payload";
import { reactivate } from "./user.lifecycle";

/**
 * Gives a deactivated user its access back, with the roles it had; one who never signed in is invited again.
 */
export const reactivateUser = defineMutation(
  {
    name: "reactivateUser",
    permission: "user.reactivate",
    description:
      "Gives a deactivated user its access back, with the roles it had; one who has never signed in is INVITED again.",
    codes: [
      generalErrors.ID_MALFORMED,
      userErrors.USER_NOT_FOUND,
      userErrors.USER_NOT_INACTIVE,
      generalErrors.STALE_VERSION,
    ],
    forbidden:
      "for a Global admin's user unless you are one, and for a user with agent roles without the permission `user.assign-agent-roles`",
    events: ["user.reactivated"],
  },
  async (ctx, input: ChangeUserStatus): Promise<{ user: User }> => {
    checkUserId(input.userId);
    return ctx.transaction(async (tx) => {
      const permission = "user.reactivate";
      const { user, caller, otherGlobalAdmins } = await lockUserToChange(ctx, tx, input.userId, permission);
      const status = reactivate(user);
      const after = { ...user, status };
      ensureMayChangeUser(ctx, { permission, caller, before: user, after, otherGlobalAdmins });
      ensureVersion(user, input.expectedVersion);
      const changed = await tx.update(User, user, { status });
      tx.record("user.reactivated", userEventPayload(changed), changed.organizationId);
      return { user: changed };
    });
  },
);

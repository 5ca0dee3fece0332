import { User } from "../../entities/identity/user";
import { generalErrors } from "../errors/general.errors";
import { userErrors } from "./user.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { ensureVersion } from "../database/writes";
import { FieldChecks } from "../errors/field-checks";
import { checkRoles, MAX_NAME_LENGTH, type Roles, storedRoles } from "./new-user";
import {
  asAdministrator,
  checkUserId,
  employerOf,
  ensureMayChangeUser,
  lockUserToChange,
} from "./user-administration";
import { userEventPayload } from "./user-event-payload";
import { agentRolesRefusal } from "./user.policy";

/** What to change. What is absent is left alone; an empty list takes all roles of its axis away. */
export interface UpdateUser extends Roles {
  userId: string;
  displayName?: string | null;
  expectedVersion?: number | null;
  idempotencyKey?: string | null;
}

/**
 * Changes a user's name and roles. What would change nothing leaves version and listeners alone.
 */
export const updateUser = defineMutation(
  {
    name: "updateUser",
    permission: "user.update",
    description:
      "Changes a user's name and roles; its next request has them, on another node within two seconds. An update that changes nothing leaves version and listeners alone.",
    codes: [
      generalErrors.ID_MALFORMED,
      userErrors.USER_NOT_FOUND,
      generalErrors.FIELD_INVALID,
      userErrors.ROLE_NOT_OFFERED,
      userErrors.LAST_GLOBAL_ADMIN,
      userErrors.USER_IS_YOURSELF,
      generalErrors.STALE_VERSION,
    ],
    forbidden:
      "for a Global admin's user, for making one and for your own roles, unless you are a Global admin; and for agent roles without the permission `user.assign-agent-roles`",
    events: [["user.updated", "when something changed"]],
  },
  async (ctx, input: UpdateUser): Promise<{ user: User }> => {
    const administrator = asAdministrator(ctx.actor);
    checkUserId(input.userId);
    checkChanges(input)
      .refusal(agentRolesRefusal(employerOf(administrator), input.agentRoles ?? []))
      .done();
    return ctx.transaction(async (tx) => {
      const permission = "user.update";
      const { user, caller, otherGlobalAdmins } = await lockUserToChange(ctx, tx, input.userId, permission);
      const changes = {
        ...changedRoles(user, input),
        displayName: input.displayName?.trim() ?? user.displayName,
      };
      const after = { ...changes, status: user.status };
      ensureMayChangeUser(ctx, { permission, caller, before: user, after, otherGlobalAdmins });
      ensureVersion(user, input.expectedVersion);
      await tx.update(User, user, changes, (changed) =>
        tx.record("user.updated", userEventPayload(changed), changed.organizationId),
      );
      return { user };
    });
  },
);

type Changes = Pick<User, "displayName" | "agentRoles" | "adminRoles">;

function checkChanges(input: UpdateUser): FieldChecks {
  const checks = new FieldChecks().text("displayName", input.displayName, { max: MAX_NAME_LENGTH });
  checkRoles(checks, input);
  for (const [name, way] of [
    ["displayName", "leave it out to keep it"],
    ["agentRoles", "leave it out to keep them, or give [] to take all away"],
    ["adminRoles", "leave it out to keep them, or give [] to take all away"],
  ] as const) {
    if (input[name] === null) checks.field(name, `${name} cannot be null; ${way}.`);
  }
  return checks;
}

function changedRoles(
  user: User,
  { agentRoles, adminRoles }: Roles,
): Pick<Changes, "agentRoles" | "adminRoles"> {
  return storedRoles({
    agentRoles: agentRoles ?? user.agentRoles,
    adminRoles: adminRoles ?? user.adminRoles,
  });
}

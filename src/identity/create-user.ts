import type { User } from "../../entities/identity/user";
import { organizationOf } from "../access/actor";
import { ensureMayUse } from "../access/allow";
import { generalErrors } from "../errors/general.errors";
import { userErrors } from "./user.errors";
import { defineMutation } from "../unit-of-work/mutation";
import { FieldChecks } from "../errors/field-checks";
import { addUser, checkPerson, checkRoles, type NewPerson, type Roles, storedRoles } from "./new-user";
import {
  asAdministrator,
  callerNow,
  employerOf,
  ensureMayChangeUser,
  lockCaller,
} from "./user-administration";
import { begin } from "./user.lifecycle";
import { agentRolesRefusal } from "./user.policy";

/** Who the new user is, and what it may do. */
export interface CreateUser extends NewPerson, Roles {
  idempotencyKey?: string | null;
}

/**
 * Adds a user to the caller's own organization: active at once where the identity provider's subject is given, else
 * invited until somebody of the same tenant with this e-mail address signs in.
 */
export const createUser = defineMutation(
  {
    name: "createUser",
    permission: "user.create",
    description:
      "Adds a user to your organization: INVITED until its first sign-in, or ACTIVE at once with `subject`. Nothing is mailed; the first sign-in records user.joined.",
    codes: [
      generalErrors.FIELD_INVALID,
      userErrors.ROLE_NOT_OFFERED,
      userErrors.USER_EMAIL_TAKEN,
      userErrors.USER_SUBJECT_TAKEN,
    ],
    forbidden:
      "when you make a Global admin without being one, when you give agent roles without the permission `user.assign-agent-roles`, or `subject` without `user.bind-subject`",
    events: ["user.added"],
  },
  async (ctx, input: CreateUser): Promise<{ user: User }> => {
    const administrator = asAdministrator(ctx.actor);
    const roles = storedRoles(input);
    checkRoles(checkPerson(new FieldChecks(), input), input)
      .refusal(agentRolesRefusal(employerOf(administrator), roles.agentRoles))
      .done();
    return ctx.transaction(async (tx) => {
      const permission = "user.create";
      const caller = await lockCaller(ctx, tx, permission);
      const after = { ...roles, status: begin({ subject: input.subject ?? null }) };
      ensureMayChangeUser(ctx, { permission, caller, after, otherGlobalAdmins: 0 });
      // The person who has the subject gets this user and no other one: it could be that of somebody who is invited.
      if (typeof input.subject === "string")
        ensureMayUse(callerNow(ctx, caller), "user.bind-subject", ctx.matrix);
      return { user: await addUser(tx, organizationOf(administrator), input) };
    });
  },
);

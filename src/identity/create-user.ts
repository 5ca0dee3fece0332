import type { User } from "../../entities/identity/user";
import { organizationOf } from "../access/actor";
import { ensureMayUse } from "../access/allow";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
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
 * @throws FIELD_INVALID e-mail address, name or subject break a rule
 * @throws ROLE_NOT_OFFERED the organization's users cannot have such an agent role
 * @throws USER_EMAIL_TAKEN, USER_SUBJECT_TAKEN the organization has such a user already
 * @throws FORBIDDEN the caller gives the Global admin role without having it, agent roles or a subject without permission, or has
 * lost its own roles meanwhile
 */
export async function createUser(ctx: UseCaseContext, input: CreateUser): Promise<{ user: User }> {
  const administrator = asAdministrator(ctx.actor);
  const roles = storedRoles(input);
  checkRoles(checkPerson(new FieldChecks(), input), input)
    .refusal(agentRolesRefusal(employerOf(administrator), roles.agentRoles))
    .done();
  return ctx.transaction(
    async (tx) => {
      const permission = "user.create";
      const caller = await lockCaller(ctx, tx, permission);
      const after = { ...roles, status: begin({ subject: input.subject ?? null }) };
      ensureMayChangeUser(ctx, { permission, caller, after, otherGlobalAdmins: 0 });
      // The person who has the subject gets this user and no other one: it could be that of somebody who is invited.
      if (typeof input.subject === "string")
        ensureMayUse(callerNow(ctx, caller), "user.bind-subject", ctx.matrix);
      return { user: await addUser(tx, organizationOf(administrator), input) };
    },
    { operation: "createUser", key: input.idempotencyKey, input },
  );
}

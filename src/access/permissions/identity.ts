import { AdminRole } from "../../../entities/identity/user";
import { GLOBAL_ADMINS, people, type PermissionRule, type Role } from "./permission-rule";

const USER_ADMINS: Role[] = [AdminRole.GLOBAL_ADMIN, AdminRole.USER_MANAGEMENT_ADMIN];

/** What may be done with users and API keys. */
export const identityPermissions = {
  "user.read": { means: "See the organization's users", partner: USER_ADMINS, customer: USER_ADMINS },
  "user.create": { means: "Add a user", partner: USER_ADMINS, customer: USER_ADMINS, ...people },
  "user.update": {
    means: "Change a user's name and roles",
    partner: USER_ADMINS,
    customer: USER_ADMINS,
    ...people,
  },
  "user.assign-agent-roles": {
    means: "Give users agent roles or take them away",
    partner: USER_ADMINS,
    ...people,
  },
  "user.bind-subject": {
    means: "Say which of the identity provider's persons a new user is",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "user.deactivate": { means: "Deactivate a user", partner: USER_ADMINS, customer: USER_ADMINS, ...people },
  "user.reactivate": { means: "Reactivate a user", partner: USER_ADMINS, customer: USER_ADMINS, ...people },
  "api-key.read": {
    means: "See the organization's API keys",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
  },
  "api-key.create": {
    means: "Create an API key",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "api-key.rotate": {
    means: "Rotate an API key",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "api-key.revoke": {
    means: "Revoke an API key",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
} as const satisfies Record<string, PermissionRule>;

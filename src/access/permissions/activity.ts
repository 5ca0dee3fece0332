import { CUSTOMER_AGENTS, GLOBAL_ADMINS, PER_CUSTOMER, type PermissionRule } from "./permission-rule";

/** What may be done with the activity log. */
export const activityPermissions = {
  "activity.read": {
    means: "Read the organization's activity log",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...PER_CUSTOMER,
  },
} as const satisfies Record<string, PermissionRule>;

import { CUSTOMER_AGENTS, GLOBAL_ADMINS, PER_CUSTOMER, type PermissionRule } from "./permission-rule";

/** What may be done with events. */
export const eventPermissions = {
  "event.read": {
    means: "Read and follow the organization's events",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...PER_CUSTOMER,
  },
} as const satisfies Record<string, PermissionRule>;

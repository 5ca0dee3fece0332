import { CUSTOMER_AGENTS, GLOBAL_ADMINS, PER_CUSTOMER, type PermissionRule } from "./permission-rule";

/** What may be done with relationships. */
export const relationshipPermissions = {
  "relationship.read": {
    means: "See relationships",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...PER_CUSTOMER,
  },
  "relationship.remove": { means: "Remove a relationship with a customer", partner: CUSTOMER_AGENTS },
} as const satisfies Record<string, PermissionRule>;

import {
  BUYING_PROGRAMMES,
  CUSTOMER_AGENTS,
  GLOBAL_ADMINS,
  PER_CUSTOMER,
  type PermissionRule,
} from "./permission-rule";

/** What may be done with customers. */
export const customerPermissions = {
  "customer.read": {
    means: "See customers",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...PER_CUSTOMER,
  },
  "customer.create": { means: "Add a new customer", partner: CUSTOMER_AGENTS, programmes: BUYING_PROGRAMMES },
  "customer.update": { means: "Change what the partner keeps about a customer", partner: CUSTOMER_AGENTS },
} as const satisfies Record<string, PermissionRule>;

import {
  BUYING_PROGRAMMES,
  GLOBAL_ADMINS,
  SELLING_AGENTS,
  SERVICE_AGENTS,
  PER_CUSTOMER,
  type PermissionRule,
} from "./permission-rule";

/** What may be done with subscriptions. */
export const subscriptionPermissions = {
  "subscription.read": {
    means: "See subscriptions",
    partner: SERVICE_AGENTS,
    customer: GLOBAL_ADMINS,
    ...PER_CUSTOMER,
  },
  "subscription.create": {
    means: "Buy a subscription for a customer",
    partner: SELLING_AGENTS,
    programmes: BUYING_PROGRAMMES,
  },
  "subscription.change": {
    means: "Change a subscription's quantity, renewal or name",
    partner: SELLING_AGENTS,
    programmes: BUYING_PROGRAMMES,
  },
  "subscription.cancel": {
    means: "Cancel a subscription",
    partner: SELLING_AGENTS,
    programmes: BUYING_PROGRAMMES,
  },
  "subscription.suspend": { means: "Suspend a subscription", partner: SERVICE_AGENTS },
  "subscription.reactivate": { means: "Reactivate a subscription", partner: SERVICE_AGENTS },
} as const satisfies Record<string, PermissionRule>;

import { AdminRole } from "../../../entities/identity/user";
import {
  CUSTOMER_AGENTS,
  GLOBAL_ADMINS,
  SERVICE_AGENTS,
  people,
  type PermissionRule,
  type Role,
} from "./permission-rule";

/** They see endpoints, test and delete them. Deciding where events go takes the right to read events besides. */
const WEBHOOK_USERS: Role[] = [...SERVICE_AGENTS, AdminRole.BILLING_ADMIN];

/** What may be done with webhook endpoints. */
export const webhookPermissions = {
  "webhook.read": {
    means: "See webhook endpoints and their deliveries",
    partner: WEBHOOK_USERS,
    customer: GLOBAL_ADMINS,
  },
  "webhook.create": {
    means: "Register a webhook endpoint",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "webhook.update": {
    means: "Change, enable or disable a webhook endpoint, or rotate its secret",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "webhook.delete": {
    means: "Delete a webhook endpoint",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
  },
  "webhook.test": {
    means: "Send a test to a webhook endpoint",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
  },
  "webhook.replay": {
    means: "Repeat deliveries to a webhook endpoint",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
  },
} as const satisfies Record<string, PermissionRule>;

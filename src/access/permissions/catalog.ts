import { AdminRole } from "../../../entities/identity/user";
import { SERVICE_AGENTS, type PermissionRule, type Role } from "./permission-rule";

/** They sell, serve or bill what the catalogue offers. Who has no role sees only itself. */
const OFFER_READERS: Role[] = [...SERVICE_AGENTS, AdminRole.BILLING_ADMIN];

/** What may be done with the catalogue. */
export const catalogPermissions = {
  "offer.read": { means: "See the catalogue", partner: OFFER_READERS },
} as const satisfies Record<string, PermissionRule>;

import { ActivityResource } from "../../entities/activity/activity-record";
import { CustomerGrant } from "../../entities/access/customer-grant";
import { Customer } from "../../entities/customers/customer";
import { ApiKey, ApiKeySecret } from "../../entities/identity/api-key";
import { User } from "../../entities/identity/user";
import { Partner } from "../../entities/partners/partner";
import { defineArea } from "../area";
import { auditedRow, ownedByOrganization } from "../activity/audited-rows";
import { reference } from "../database/references.check";
import { makeApiKeyLoaders } from "./api-key.loader";
import { makeUserLoader } from "./user.loader";

/** What users and API keys contribute. */
export const identity = defineArea({
  entities: [User, ApiKey, ApiKeySecret, CustomerGrant],
  loaders: { user: makeUserLoader, apiKeys: makeApiKeyLoaders },
  nodes: [
    { of: User, loader: (loaders) => loaders.user },
    { of: ApiKey, loader: (loaders) => loaders.apiKeys.byId },
  ],
  auditedRows: [
    auditedRow(User, {
      resource: ActivityResource.USER,
      columns: ["organizationId", "email", "displayName", "agentRoles", "adminRoles", "status"],
      restricted: { email: "user.read", agentRoles: "user.read", adminRoles: "user.read" },
      ...ownedByOrganization,
    }),
    auditedRow(ApiKey, {
      resource: ActivityResource.API_KEY,
      columns: ["organizationId", "name", "permissions", "status", "expiresAt", "revokedAt"],
      restricted: { permissions: "api-key.read", expiresAt: "api-key.read" },
      ...ownedByOrganization,
    }),
  ],
  references: [
    reference(User, "organizationId", Partner, Customer),
    reference(ApiKey, "organizationId", Partner, Customer),
    reference(ApiKeySecret, "apiKeyId", ApiKey),
    reference(CustomerGrant, "holderId", User),
    reference(CustomerGrant, "customerId", Customer),
  ],
});

import { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { ApiKey } from "../../entities/identity/api-key";
import { User } from "../../entities/identity/user";
import { Invitation } from "../../entities/invitations/invitation";
import { Partner } from "../../entities/partners/partner";
import { Partnership } from "../../entities/partners/partnership";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { Subscription } from "../../entities/subscriptions/subscription";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import type { Permission } from "../access/permissions";
import { kindOfId } from "../context/ids";

type OrganizationIds = (string | null | undefined)[];

/** What the activity log holds of one kind of row. */
export interface AuditedRow<Row extends { id: string } = { id: string }> {
  resource: ActivityResource;
  /** The columns that are written down, and no others: none of them may be a secret, a hash of one, or a mail's text. */
  columns: readonly (keyof Row & string)[];
  /** Columns that a reader of the log needs another permission for. */
  restricted?: Partial<Record<keyof Row & string, Permission>>;
  /** Columns that only one of the organizations reads whose logs hold the values, by the column with that one's id. */
  onlyFor?: Partial<Record<keyof Row & string, keyof Row & string>>;
  /** Whose logs hold the values: organizations that may see every one of these columns. `acting` makes the change. */
  owners(row: Row, acting: string | undefined): OrganizationIds;
  /** Whose logs tell of the change besides, without values. The acting organization's always does. */
  notifies?(before: Row | null, after: Row): OrganizationIds;
  /** The customer that is affected. */
  customerId(row: Row): string | null;
}

/** A row that the activity log tells of, as it was before a change (null when it is new) and after. */
export interface RowChange {
  audit: AuditedRow;
  before: { id: string } | null;
  after: { id: string };
}

const ofOrganization = {
  owners: ({ organizationId }: { organizationId: string }) => [organizationId],
  customerId: ({ organizationId }: { organizationId: string }) =>
    kindOfId(organizationId) === "customer" ? organizationId : null,
};

/** Every kind of row whose changes are written into the activity log. */
const auditedRows = new Map<unknown, AuditedRow>([
  audited(Customer, {
    resource: ActivityResource.CUSTOMER,
    columns: ["tenantId", "companyName", "domain", "country", "cloud"],
    // Who creates a customer has said all of this itself, or is answered it.
    owners: ({ id }, acting) => [id, acting],
    customerId: ({ id }) => id,
  }),
  audited(Invitation, {
    resource: ActivityResource.INVITATION,
    columns: [
      "partnerId",
      "providerId",
      "status",
      "recipientEmail",
      "reusable",
      "customerId",
      "expiresAt",
      "endedAt",
    ],
    onlyFor: { recipientEmail: "partnerId" },
    owners: ({ partnerId, providerId }) => [partnerId, providerId],
    customerId: ({ customerId }) => customerId,
  }),
  audited(ResellerRelationship, {
    resource: ActivityResource.RELATIONSHIP,
    columns: [
      "partnerId",
      "customerId",
      "kind",
      "status",
      "invitationId",
      "companyName",
      "domain",
      "contactEmail",
      "contactPhone",
      "contactFirstName",
      "contactMiddleName",
      "contactLastName",
      "registrationNumber",
      "establishedAt",
      "removedAt",
    ],
    owners: ({ partnerId }) => [partnerId],
    // What the partner keeps about the customer is its own affair; whether it is the reseller is the customer's too.
    notifies: (before, { status, customerId }) => (before?.status === status ? [] : [customerId]),
    customerId: ({ customerId }) => customerId,
  }),
  audited(Subscription, {
    resource: ActivityResource.SUBSCRIPTION,
    columns: [
      "customerId",
      "partnerId",
      "resellerId",
      "offerId",
      "offerName",
      "friendlyName",
      "quantity",
      "unitType",
      "status",
      "suspensionReasons",
      "autoRenewEnabled",
      "isTrial",
      "billingType",
      "billingCycle",
      "termDuration",
      "startsAt",
      "termEndsAt",
    ],
    owners: ({ partnerId, resellerId, customerId }) => [partnerId, resellerId, customerId],
    customerId: ({ customerId }) => customerId,
  }),
  audited(Partner, {
    resource: ActivityResource.PARTNER,
    columns: ["tenantId", "name", "programmeRole", "country", "cloud", "domain"],
    owners: ({ id }) => [id],
    customerId: () => null,
  }),
  audited(Partnership, {
    resource: ActivityResource.PARTNERSHIP,
    columns: ["providerId", "resellerId", "status"],
    owners: ({ providerId, resellerId }) => [providerId, resellerId],
    customerId: () => null,
  }),
  audited(User, {
    resource: ActivityResource.USER,
    columns: ["organizationId", "email", "displayName", "agentRoles", "adminRoles", "status"],
    restricted: { email: "user.read", agentRoles: "user.read", adminRoles: "user.read" },
    ...ofOrganization,
  }),
  audited(ApiKey, {
    resource: ActivityResource.API_KEY,
    columns: ["organizationId", "name", "permissions", "status", "expiresAt", "revokedAt"],
    restricted: { permissions: "api-key.read", expiresAt: "api-key.read" },
    ...ofOrganization,
  }),
  audited(WebhookEndpoint, {
    resource: ActivityResource.WEBHOOK_ENDPOINT,
    // Not the address: a receiver's may hold a secret of its own.
    columns: [
      "organizationId",
      "description",
      "eventTypes",
      "customerId",
      "status",
      "disabledReason",
      "disabledAt",
    ],
    ...ofOrganization,
  }),
]);

const byResource = new Map([...auditedRows.values()].map((audit) => [audit.resource, audit]));

function audited<Row extends { id: string }>(
  entity: new () => Row,
  audit: AuditedRow<NoInfer<Row>>,
): [unknown, AuditedRow] {
  return [entity, audit as unknown as AuditedRow];
}

/** What the activity log holds of an entity's rows; nothing when it does not tell of them. */
export function auditOf(entity: unknown): AuditedRow | undefined {
  return auditedRows.get(entity);
}

/** What the activity log holds of a kind of thing. */
export function auditOfResource(resource: ActivityResource): AuditedRow | undefined {
  return byResource.get(resource);
}

import { activityPermissions } from "./permissions/activity";
import { catalogPermissions } from "./permissions/catalog";
import { customerPermissions } from "./permissions/customers";
import { eventPermissions } from "./permissions/events";
import { generalPermissions } from "./permissions/general";
import { identityPermissions } from "./permissions/identity";
import { invitationPermissions } from "./permissions/invitations";
import { relationshipPermissions } from "./permissions/relationships";
import { subscriptionPermissions } from "./permissions/subscriptions";
import { webhookPermissions } from "./permissions/webhooks";

export type { PermissionRule, Role } from "./permissions/permission-rule";

/**
 * Who may do what, unless an operator's PERMISSIONS_FILE says otherwise (see PermissionMatrix). Only the admin agent and the Global admin may add customers and see them (ADR 0009),
 * which is narrower than the role matrix of the field (docs/sources.md, users and roles); the rest follows that matrix.
 */
export const permissions = {
  ...generalPermissions,
  ...customerPermissions,
  ...invitationPermissions,
  ...relationshipPermissions,
  ...catalogPermissions,
  ...subscriptionPermissions,
  ...eventPermissions,
  ...identityPermissions,
  ...activityPermissions,
  ...webhookPermissions,
};

/** The name of a permission: `area.verb`. */
export type Permission = keyof typeof permissions;

/** All permissions, in the table's order. */
export const allPermissions = Object.keys(permissions) as Permission[];

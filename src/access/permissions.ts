import { AdminRole, AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";

/** A role of either axis (docs/sources.md, users and roles). */
export type Role = AgentRole | AdminRole;

/** Who may use one permission. A caller needs one of the roles of its side. */
export interface PermissionRule {
  /** What it lets one do: for the schema's descriptions and the documentation. */
  means: string;
  /** Roles of a partner's user; `ANYONE` means every active user. */
  partner?: Role[] | "ANYONE";
  /** Programme roles of the partner; absent means all of them. */
  programmes?: ProgrammeRole[];
  /** Roles of a customer's user. */
  customer?: Role[] | "ANYONE";
  /** Whether a Global admin of an organization that is not known yet may. */
  prospect?: boolean;
  /** Whether only a signed-in person may, never an API key, whatever a Global admin would give it. */
  peopleOnly?: boolean;
}

const CUSTOMER_AGENTS: Role[] = [AdminRole.GLOBAL_ADMIN, AgentRole.ADMIN_AGENT];
const SELLING_AGENTS: Role[] = [...CUSTOMER_AGENTS, AgentRole.SALES_AGENT];
const SERVICE_AGENTS: Role[] = [...SELLING_AGENTS, AgentRole.HELPDESK_AGENT];
/** They see endpoints, test and delete them. Deciding where events go takes the right to read events besides. */
const WEBHOOK_USERS: Role[] = [...SERVICE_AGENTS, AdminRole.BILLING_ADMIN];
/** They sell, serve or bill what the catalogue offers. Who has no role sees only itself. */
const OFFER_READERS: Role[] = [...SERVICE_AGENTS, AdminRole.BILLING_ADMIN];
const GLOBAL_ADMINS: Role[] = [AdminRole.GLOBAL_ADMIN];
const USER_ADMINS: Role[] = [AdminRole.GLOBAL_ADMIN, AdminRole.USER_MANAGEMENT_ADMIN];

/** For what a person answers with its own name, and for what would let a stolen key make itself a successor. */
const people = { peopleOnly: true } as const;

/** A reseller never buys and never creates tenants (docs/sources.md, partner types). */
const BUYING_PROGRAMMES = [ProgrammeRole.DIRECT_BILL, ProgrammeRole.INDIRECT_PROVIDER];

/**
 * Who may do what, unless an operator's PERMISSIONS_FILE says otherwise (see PermissionMatrix). Only the admin agent and the Global admin may add customers and see them (ADR 0009),
 * which is narrower than the role matrix of the field (docs/sources.md, users and roles); the rest follows that matrix.
 */
export const permissions = {
  "viewer.read": { means: "See oneself", partner: "ANYONE", customer: "ANYONE", prospect: true },
  "node.read": {
    means: "Look up an object by id; the object's own rules apply",
    partner: "ANYONE",
    customer: "ANYONE",
  },
  "customer.read": { means: "See customers", partner: CUSTOMER_AGENTS, customer: GLOBAL_ADMINS },
  "customer.create": { means: "Add a new customer", partner: CUSTOMER_AGENTS, programmes: BUYING_PROGRAMMES },
  "customer.update": { means: "Change what the partner keeps about a customer", partner: CUSTOMER_AGENTS },
  "invitation.create": { means: "Invite a customer", partner: CUSTOMER_AGENTS },
  "invitation.read": { means: "See invitations", partner: CUSTOMER_AGENTS, customer: GLOBAL_ADMINS },
  "invitation.edit": { means: "Edit the draft of a pending invitation", partner: CUSTOMER_AGENTS },
  "invitation.revoke": { means: "Revoke a pending invitation", partner: CUSTOMER_AGENTS },
  "invitation.open": {
    means: "See the invitation behind a link",
    customer: GLOBAL_ADMINS,
    prospect: true,
    ...people,
  },
  "invitation.accept": { means: "Accept an invitation", customer: GLOBAL_ADMINS, prospect: true, ...people },
  "invitation.decline": {
    means: "Decline an invitation",
    customer: GLOBAL_ADMINS,
    prospect: true,
    ...people,
  },
  "relationship.read": { means: "See relationships", partner: CUSTOMER_AGENTS, customer: GLOBAL_ADMINS },
  "relationship.remove": { means: "Remove a relationship with a customer", partner: CUSTOMER_AGENTS },
  "offer.read": { means: "See the catalogue", partner: OFFER_READERS },
  "subscription.read": { means: "See subscriptions", partner: SERVICE_AGENTS, customer: GLOBAL_ADMINS },
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
  "event.read": {
    means: "Read and follow the organization's events",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
  },
  "user.read": { means: "See the organization's users", partner: USER_ADMINS, customer: USER_ADMINS },
  "user.create": { means: "Add a user", partner: USER_ADMINS, customer: USER_ADMINS, ...people },
  "user.update": {
    means: "Change a user's name and roles",
    partner: USER_ADMINS,
    customer: USER_ADMINS,
    ...people,
  },
  "user.assign-agent-roles": {
    means: "Give users agent roles or take them away",
    partner: USER_ADMINS,
    ...people,
  },
  "user.bind-subject": {
    means: "Say which of the identity provider's persons a new user is",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "user.deactivate": { means: "Deactivate a user", partner: USER_ADMINS, customer: USER_ADMINS, ...people },
  "user.reactivate": { means: "Reactivate a user", partner: USER_ADMINS, customer: USER_ADMINS, ...people },
  "api-key.read": {
    means: "See the organization's API keys",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
  },
  "api-key.create": {
    means: "Create an API key",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "api-key.rotate": {
    means: "Rotate an API key",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "api-key.revoke": {
    means: "Revoke an API key",
    partner: GLOBAL_ADMINS,
    customer: GLOBAL_ADMINS,
    ...people,
  },
  "activity.read": {
    means: "Read the organization's activity log",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
  },
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

/** The name of a permission: `area.verb`. */
export type Permission = keyof typeof permissions;

/** All permissions, in the table's order. */
export const allPermissions = Object.keys(permissions) as Permission[];

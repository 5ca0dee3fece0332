import { AdminRole, AgentRole } from "../../../entities/identity/user";
import { ProgrammeRole } from "../../../entities/partners/partner";

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
  /** Whether a grant may limit it to one customer: it lets read rows that name their customer (ADR 0045). */
  perCustomer?: boolean;
}

/** They add customers and see them. */
export const CUSTOMER_AGENTS: Role[] = [AdminRole.GLOBAL_ADMIN, AgentRole.ADMIN_AGENT];
/** They sell to customers. */
export const SELLING_AGENTS: Role[] = [...CUSTOMER_AGENTS, AgentRole.SALES_AGENT];
/** They serve customers. */
export const SERVICE_AGENTS: Role[] = [...SELLING_AGENTS, AgentRole.HELPDESK_AGENT];
/** They administer all of their organization. */
export const GLOBAL_ADMINS: Role[] = [AdminRole.GLOBAL_ADMIN];

/** For what a person answers with its own name, and for what would let a stolen key make itself a successor. */
export const people = { peopleOnly: true } as const;

/** For what reads rows that name their customer. */
export const PER_CUSTOMER = { perCustomer: true } as const;

/** A reseller never buys and never creates tenants (docs/sources.md, partner types). */
export const BUYING_PROGRAMMES = [ProgrammeRole.DIRECT_BILL, ProgrammeRole.INDIRECT_PROVIDER];

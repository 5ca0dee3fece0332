import { AdminRole, AgentRole } from "../../entities/identity/user";
import type { TokenSubject } from "../identity";

/** An organization of the demo, by the word that its people's names begin with. */
export type DemoOrganization = "direct" | "provider" | "reseller" | "customer1" | "customer2" | "newcomer";

/** A person of the demo: whom a development token can be had for. */
export interface DemoPerson extends TokenSubject {
  organization: DemoOrganization;
  agentRoles: AgentRole[];
  adminRoles: AdminRole[];
  /** Who it is, in a few words. */
  about: string;
}

/** The tenant ids and domains of the demo's organizations; the newcomer's is not in the database. */
export const demoOrganizations: Record<DemoOrganization, { tenantId: string; domain: string }> = {
  direct: { tenantId: "d1e00000-0000-4000-8000-000000000001", domain: "alpinecloud.example" },
  provider: { tenantId: "d1e00000-0000-4000-8000-000000000002", domain: "northwater.example" },
  reseller: { tenantId: "d1e00000-0000-4000-8000-000000000003", domain: "maplestreet.example" },
  customer1: { tenantId: "d1e00000-0000-4000-8000-000000000011", domain: "bluefernbakery.example" },
  customer2: { tenantId: "d1e00000-0000-4000-8000-000000000012", domain: "granitepeak.example" },
  newcomer: { tenantId: "d1e00000-0000-4000-8000-000000000013", domain: "tinylighthouse.example" },
};

function person(
  organization: DemoOrganization,
  name: string,
  about: string,
  roles: { agent?: AgentRole[]; admin?: AdminRole[] },
): DemoPerson {
  const { tenantId, domain } = demoOrganizations[organization];
  const adminRoles = roles.admin ?? [];
  return {
    organization,
    tenantId,
    subject: name.toLowerCase().replace(" ", "."),
    email: `${name.toLowerCase().replace(" ", ".")}@${domain}`,
    displayName: name,
    isGlobalAdmin: adminRoles.includes(AdminRole.GLOBAL_ADMIN),
    agentRoles: roles.agent ?? [],
    adminRoles,
    about,
  };
}

const GLOBAL_ADMIN = { admin: [AdminRole.GLOBAL_ADMIN] };
const ADMIN_AGENT = { agent: [AgentRole.ADMIN_AGENT] };

/** The demo's people by the name that `npm run -s token -- NAME` takes. */
export const demoPeople: Record<string, DemoPerson> = {
  "direct-admin": person("direct", "Dana Olsen", "Global admin of a direct-bill partner", GLOBAL_ADMIN),
  "direct-agent": person("direct", "Amir Costa", "admin agent of the direct-bill partner", ADMIN_AGENT),
  "direct-sales": person("direct", "Sina Park", "sales agent of the direct-bill partner", {
    agent: [AgentRole.SALES_AGENT],
  }),
  "direct-helpdesk": person("direct", "Hugo Lind", "helpdesk agent of the direct-bill partner", {
    agent: [AgentRole.HELPDESK_AGENT],
  }),
  "provider-admin": person("provider", "Petra Novak", "Global admin of an indirect provider", GLOBAL_ADMIN),
  "provider-agent": person("provider", "Paul Okoro", "admin agent of the indirect provider", ADMIN_AGENT),
  "reseller-admin": person(
    "reseller",
    "Rosa Diaz",
    "Global admin of an indirect reseller of it",
    GLOBAL_ADMIN,
  ),
  "reseller-agent": person("reseller", "Ravi Shah", "admin agent of the indirect reseller", ADMIN_AGENT),
  "customer-admin-1": person("customer1", "Carla Weber", "Global admin of a customer", GLOBAL_ADMIN),
  "customer-admin-2": person("customer2", "Chen Liu", "Global admin of another customer", GLOBAL_ADMIN),
  "newcomer-admin": person(
    "newcomer",
    "Nora Blake",
    "Global admin of an organization that is not known yet",
    GLOBAL_ADMIN,
  ),
};

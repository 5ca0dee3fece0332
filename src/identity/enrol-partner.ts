import { AdminRole, AgentRole, type User } from "../../entities/identity/user";
import type { Cloud, Partner, ProgrammeRole } from "../../entities/partners/partner";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import {
  createPartner,
  findOrganizationsLike,
  type Organization,
  organizationErrors,
} from "../organizations";
import { companyNameProblem } from "../values/company-name";
import { countryProblem } from "../values/country";
import { domainNameProblem, normalizeDomainName } from "../values/domain-name";
import { normalizeTenantId, tenantIdProblem } from "../values/tenant-id";
import { addUser, checkPerson, type NewPerson } from "./new-user";

/** A partner that is not known yet, and its first Global admin. */
export interface EnrolPartner {
  name: string;
  programmeRole: ProgrammeRole;
  country: string;
  cloud: Cloud;
  tenantId: string;
  domain: string;
  adminEmail: string;
  adminName: string;
  adminSubject?: string | null;
}

const ADMIN_FIELDS = { email: "adminEmail", displayName: "adminName", subject: "adminSubject" };

/** Everything that is wrong with an enrolment, without looking at what there is. */
export function checkEnrolment(input: EnrolPartner): FieldChecks {
  const { name, domain, country, tenantId } = input;
  const checks = new FieldChecks()
    .field("name", companyNameProblem(name))
    .field("domain", domainNameProblem(normalizeDomainName(domain)))
    .field("country", countryProblem(country))
    .field("tenantId", tenantIdProblem(tenantId));
  return checkPerson(checks, adminOf(input), ADMIN_FIELDS);
}

/**
 * Makes a partner known with its first user, who is Global admin and in the admin-agent group (docs/sources.md, users and roles). For the
 * program itself: nobody can sign in before.
 * @throws FIELD_INVALID something breaks a rule
 * @throws TENANT_TAKEN, DOMAIN_TAKEN a partner or customer has the tenant id or the domain
 */
export async function enrolPartner(
  ctx: UseCaseContext,
  input: EnrolPartner,
): Promise<{ partner: Partner; user: User }> {
  checkEnrolment(input).done();
  const { programmeRole, country, cloud } = input;
  const [name, tenantId, domain] = [
    input.name.trim(),
    normalizeTenantId(input.tenantId),
    normalizeDomainName(input.domain),
  ];
  const enrol = async (tx: Transaction) => {
    const alike = await findOrganizationsLike(tx, { tenantId, domain });
    new FieldChecks()
      .refusal(tenantTaken(alike.find((organization) => organization.tenantId === tenantId)))
      .refusal(domainTaken(alike.find((organization) => organization.domain === domain)))
      .done();
    const partner = await createPartner(tx, { name, programmeRole, country, cloud, domain, tenantId });
    const roles = { agentRoles: [AgentRole.ADMIN_AGENT], adminRoles: [AdminRole.GLOBAL_ADMIN] };
    const user = await addUser(tx, partner.id, { ...adminOf(input), ...roles }, ADMIN_FIELDS);
    return { partner, user };
  };
  return ctx.transaction(enrol, { operation: "createPartner" });
}

function adminOf({ adminEmail, adminName, adminSubject }: EnrolPartner): NewPerson {
  return { email: adminEmail, displayName: adminName, subject: adminSubject };
}

function tenantTaken(organization: Organization | undefined) {
  if (!organization) return undefined;
  return organizationErrors.TENANT_TAKEN(
    `The ${organization.kind.toLowerCase()} ${organization.name} has this tenantId already; nothing was changed.`,
    { field: "tenantId", details: { existingId: organization.id } },
  );
}

function domainTaken(organization: Organization | undefined) {
  if (!organization) return undefined;
  return organizationErrors.DOMAIN_TAKEN(
    `The ${organization.kind.toLowerCase()} ${organization.name} has this domain already; nothing was changed.`,
    { field: "domain", details: { existingId: organization.id } },
  );
}

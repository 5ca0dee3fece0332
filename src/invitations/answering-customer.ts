import type { Customer } from "../../entities/customers/customer";
import type { Actor, ProspectActor } from "../access/actor";
import { checkCompanyDetails, lockCustomerByTenant, registerCustomer } from "../organizations";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { generalErrors } from "../errors/general.errors";
import { insertUser, findUserBySubject, FIRST_USER_ROLES } from "../identity";
import { invitationErrors } from "./invitation.errors";

/** What an organization that is not known yet says of itself when it accepts. */
export interface OptionalCompanyDetails {
  companyName?: string | null;
  domain?: string | null;
  country?: string | null;
}

/**
 * Which customer organization the person who answers an invitation is of; null when it is not known yet.
 * @throws USER_UNKNOWN somebody else of the organization made it known meanwhile, and this person has no user in it
 */
export async function findAnsweringCustomer(tx: Transaction, actor: Actor): Promise<string | null> {
  if (actor.kind === "CUSTOMER_USER") return actor.customerId;
  if (actor.kind !== "PROSPECT") return null;
  const customer = await lockCustomerByTenant(tx, actor.cloud, actor.tenantId);
  if (!customer) return null;
  if (await findUserBySubject(tx, customer.id, actor.subject)) return customer.id;
  throw generalErrors.USER_UNKNOWN(
    "Your organization has become known here meanwhile. Ask its Global admin to add you.",
  );
}

/**
 * Makes the organization of a prospect known, with the prospect as its Global admin.
 * @throws COMPANY_DETAILS_REQUIRED company name, domain or country are absent
 * @throws FIELD_INVALID one of them breaks a rule
 * @throws DOMAIN_TAKEN another organization has the domain
 */
export async function onboardCustomer(
  tx: Transaction,
  actor: ProspectActor,
  details: OptionalCompanyDetails,
): Promise<Customer> {
  const { companyName, domain, country } = details;
  const checks = new FieldChecks();
  for (const field of ["companyName", "domain", "country"] as const)
    if (!details[field]) checks.refusal(required(field));
  checks.done();
  const company = { companyName: companyName ?? "", domain: domain ?? "", country: country ?? "" };
  checkCompanyDetails(new FieldChecks(), company).done();
  const { tenantId, cloud, subject, email, displayName } = actor;
  const customer = await registerCustomer(tx, { ...company, tenantId, cloud });
  await insertUser(tx, { organizationId: customer.id, subject, email, displayName, ...FIRST_USER_ROLES });
  return customer;
}

function required(field: keyof OptionalCompanyDetails) {
  const message = `Your organization is not known here yet: accepting takes its ${field}.`;
  return invitationErrors.COMPANY_DETAILS_REQUIRED(message, { field });
}

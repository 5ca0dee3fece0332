import { Customer } from "../../entities/customers/customer";
import type { Cloud } from "../../entities/partners/partner";
import { newId } from "../values/ids";
import type { Transaction } from "../unit-of-work/transaction";
import type { FieldChecks } from "../errors/field-checks";
import { beginStream } from "../events/event-log";
import { countryProblem } from "../values/country";
import { companyNameProblem } from "../values/company-name";
import { organizationErrors } from "./organization.errors";
import { findCustomerByDomain } from "./organization.repository";
import { domainNameProblem, normalizeDomainName } from "../values/domain-name";

/** What an organization says of itself to become known. */
export interface CompanyDetails {
  companyName: string;
  domain: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
}

/** What an error may tell of a customer that the caller may see. */
type KnownCustomer = Pick<Customer, "id" | "companyName">;

/** Notes everything that is wrong with company details; `prefix` is the path of the input object they stand in. */
export function checkCompanyDetails(checks: FieldChecks, details: CompanyDetails, prefix = ""): FieldChecks {
  return checks
    .field(`${prefix}companyName`, companyNameProblem(details.companyName))
    .field(`${prefix}domain`, domainNameProblem(normalizeDomainName(details.domain)))
    .field(`${prefix}country`, countryProblem(details.country));
}

/**
 * Writes an organization that was not known, and begins its event stream. For other use cases, in their transaction.
 * @param findVisible the customer of an id as the caller may see it, where the caller may see any
 * @throws DOMAIN_TAKEN another organization has the domain; a caller who may see it is told which one
 */
export async function registerCustomer(
  tx: Transaction,
  details: CompanyDetails & { tenantId: string; cloud: Cloud },
  findVisible?: (id: string) => Promise<KnownCustomer | undefined>,
): Promise<Customer> {
  const domain = normalizeDomainName(details.domain);
  const taken = await findCustomerByDomain(tx, domain);
  if (taken) {
    throw domainTaken(domain, await findVisible?.(taken.id));
  }
  const { tenantId, cloud, country } = details;
  const companyName = details.companyName.trim();
  const customer = { id: newId(Customer), tenantId, companyName, domain, country, cloud, version: 1 };
  await beginStream(tx, customer.id);
  return tx.insert(Customer, { ...customer, createdAt: tx.now, updatedAt: tx.now });
}

function domainTaken(domain: string, visible: KnownCustomer | undefined) {
  if (visible)
    return organizationErrors.DOMAIN_TAKEN(
      `Your customer ${visible.companyName} has the domain ${domain} already. Work with that customer, or take another domain.`,
      { field: "domain", details: { existingId: visible.id } },
    );
  return organizationErrors.DOMAIN_TAKEN(
    `Another organization has the domain ${domain}. Invite that customer instead, or take another domain.`,
    { field: "domain" },
  );
}

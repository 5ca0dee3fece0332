import { Customer } from "../../entities/customers/customer";
import { type Cloud, Partner, type ProgrammeRole } from "../../entities/partners/partner";
import type { Reads } from "../database/reads";
import { type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";

/** A partner or customer, as far as its users' roles depend on it. */
export interface Organization {
  id: string;
  kind: "PARTNER" | "CUSTOMER";
  name: string;
  tenantId: string;
  domain: string;
  programmeRole: ProgrammeRole | null;
}

function organizationsWith(condition: Sql): Sql {
  return sql`SELECT 'PARTNER' AS kind, id, name, tenantId, domain, programmeRole FROM partner WHERE ${condition}
    UNION ALL SELECT 'CUSTOMER', id, companyName, tenantId, domain, NULL FROM customer WHERE ${condition}`;
}

/** The partner or customer of this id, for every caller: for the program's own commands. */
export async function findOrganization(reads: Reads, id: string): Promise<Organization | undefined> {
  const [found] = await reads.rows<Organization>(organizationsWith(sql`id = ${id}`));
  return found;
}

/** The partners and customers that have this tenant id or this domain, for every caller: for the program's own commands. */
export function findOrganizationsLike(
  reads: Reads,
  { tenantId, domain }: Pick<Organization, "tenantId" | "domain">,
): Promise<Organization[]> {
  return reads.rows<Organization>(organizationsWith(sql`tenantId = ${tenantId} OR domain = ${domain}`));
}

/**
 * A select of `kind`, `id` and `programmeRole` of the organization with this tenant id in this cloud, for a statement that reads more
 * about it. An issuer speaks for organizations of its own cloud only, so a tenant id alone names nobody.
 */
export function organizationOfTenant(cloud: Cloud, tenantId: string): Sql {
  return sql`SELECT 'PARTNER' AS kind, id, programmeRole FROM partner WHERE tenantId = ${tenantId} AND cloud = ${cloud}
           UNION ALL SELECT 'CUSTOMER', id, NULL FROM customer WHERE tenantId = ${tenantId} AND cloud = ${cloud}`;
}

/**
 * The organization with this tenant id in this cloud, locked until the end of the transaction. An issuer speaks for
 * organizations of its own cloud only, so a tenant id alone names nobody.
 */
export function lockCustomerByTenant(
  tx: Transaction,
  cloud: Cloud,
  tenantId: string,
): Promise<Customer | null> {
  return tx.one(Customer, tx.locked(sql`FROM customer WHERE tenantId = ${tenantId} AND cloud = ${cloud}`));
}

/** The organization with this domain, no matter who may see it. */
export function findCustomerByDomain(reads: Reads, domain: string): Promise<Customer | null> {
  return reads.one(Customer, sql`FROM customer WHERE domain = ${domain}`);
}

/** One organization by id, for a use case that knows it from a row it was allowed to read. */
export function getCustomer(reads: Reads, id: string): Promise<Customer> {
  return reads.get(Customer, sql`FROM customer WHERE id = ${id}`);
}

/** One partner by id, for a use case that knows it from a row it was allowed to read. */
export function getPartner(reads: Reads, id: string): Promise<Partner> {
  return reads.get(Partner, sql`FROM partner WHERE id = ${id}`);
}

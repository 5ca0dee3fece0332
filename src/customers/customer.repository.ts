import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";
import { Customer } from "../../entities/customers/customer";
import type { Cloud } from "../../entities/partners/partner";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { type Actor, isOfCustomer, isOfPartner } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Instant } from "../context/instant";
import type { Reads } from "../database/reads";
import type { Transaction } from "../database/transaction";

/**
 * A customer as one organization sees it: what the tenant is, and what the reading partner keeps about it. The
 * customer itself sees its own name and no partner's notes.
 */
export interface VisibleCustomer {
  id: string;
  tenantId: string;
  companyName: string;
  companyNameKey: string;
  domain: string;
  country: string;
  cloud: Cloud;
  contactEmail: string | null;
  contactPhone: string | null;
  contactFirstName: string | null;
  contactMiddleName: string | null;
  contactLastName: string | null;
  registrationNumber: string | null;
  /** Since when the reading partner has the relationship; for the customer itself, since when we know it. */
  since: Instant;
  /** Counts the changes of what the reader may change. */
  version: number;
  /** The reading partner's relationship; null for the customer itself. */
  relationshipId: string | null;
}

const KEPT_BY_PARTNER = [
  "companyName",
  "companyNameKey",
  "domain",
  "contactEmail",
  "contactPhone",
  "contactFirstName",
  "contactMiddleName",
  "contactLastName",
  "registrationNumber",
  "version",
];
const OF_THE_TENANT = ["tenantId", "country", "cloud"];

/** A select of VisibleCustomer rows, to be read raw: its columns bear the names of that type. */
export type CustomerSelect = SelectQueryBuilder<ObjectLiteral>;

/**
 * The customers that an actor may see: for a partner's user those with an active relationship, for a customer's user
 * its own. Every read of customers on behalf of somebody starts here.
 */
export function customersVisibleTo(actor: Actor, reads: Reads): CustomerSelect {
  if (isOfPartner(actor)) {
    const select = customersOf(reads, actor.partnerId);
    return mayUse(actor, "customer.read") ? select : select.andWhere("1 = 0");
  }
  const select = reads
    .from(Customer, "customer")
    .select([])
    .addSelect("NULL", "relationshipId")
    .addSelect("customer.createdAt", "since");
  for (const column of ["id", "companyName", "domain", "version", ...OF_THE_TENANT]) {
    select.addSelect(`customer.${column}`, column);
  }
  if (actor.kind === "SYSTEM") return select;
  const own = isOfCustomer(actor) && mayUse(actor, "customer.read") ? actor.customerId : "";
  return select.where("customer.id = :own", { own });
}

function customersOf(reads: Reads, partnerId: string): CustomerSelect {
  const select = reads
    .from(ResellerRelationship, "relationship")
    .innerJoin("relationship.customer", "customer")
    .select("customer.id", "id")
    .addSelect("relationship.id", "relationshipId")
    .addSelect("relationship.establishedAt", "since")
    .where("relationship.partnerId = :partnerId AND relationship.status = :active", {
      partnerId,
      active: RelationshipStatus.ACTIVE,
    });
  for (const column of OF_THE_TENANT) select.addSelect(`customer.${column}`, column);
  for (const column of KEPT_BY_PARTNER) select.addSelect(`relationship.${column}`, column);
  return select;
}

/** The customers of these ids that the actor may see. */
export function findVisibleCustomers(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<VisibleCustomer[]> {
  return customersVisibleTo(actor, reads)
    .andWhere("customer.id IN (:...ids)", { ids })
    .getRawMany<VisibleCustomer>();
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
  return tx
    .locked(tx.from(Customer, "customer"))
    .where("customer.tenantId = :tenantId AND customer.cloud = :cloud", { tenantId, cloud })
    .getOne();
}

/** The organization with this domain, whoever may see it. */
export function findCustomerByDomain(reads: Reads, domain: string): Promise<Customer | null> {
  return reads.from(Customer, "customer").where("customer.domain = :domain", { domain }).getOne();
}

/** One organization by id, for a use case that knows it from a row it was allowed to read. */
export function getCustomer(reads: Reads, id: string): Promise<Customer> {
  return reads.from(Customer, "customer").where("customer.id = :id", { id }).getOneOrFail();
}

import { Customer } from "../../entities/customers/customer";
import type { Cloud } from "../../entities/partners/partner";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { type Actor, isOfCustomer, isOfPartner } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Instant } from "../context/instant";
import type { Reads } from "../database/reads";
import { and, type Sql, sql } from "../database/sql";
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

const OF_THE_TENANT = sql`customer.id AS id, customer.tenantId AS tenantId, customer.country AS country,
  customer.cloud AS cloud`;
const KEPT_BY_PARTNER = sql`relationship.id AS relationshipId, relationship.establishedAt AS since,
  relationship.companyName AS companyName, relationship.companyNameKey AS companyNameKey, relationship.domain AS domain,
  relationship.contactEmail AS contactEmail, relationship.contactPhone AS contactPhone,
  relationship.contactFirstName AS contactFirstName, relationship.contactMiddleName AS contactMiddleName,
  relationship.contactLastName AS contactLastName, relationship.registrationNumber AS registrationNumber,
  relationship.version AS version`;
const OWN = sql`NULL AS relationshipId, customer.createdAt AS since, customer.companyName AS companyName,
  customer.domain AS domain, customer.version AS version`;

/** A select of VisibleCustomer rows: what it reads, and from FROM to its WHERE clause where. */
export interface CustomerScope {
  columns: Sql;
  from: Sql;
}

/**
 * The customers that an actor may see: for a partner's user those with an active relationship, for a customer's user
 * its own. Every read of customers on behalf of somebody starts here. With a hint a partner's are read by that index.
 */
export function customersVisibleTo(actor: Actor, hint = sql``): CustomerScope {
  const mayRead = actor.kind === "SYSTEM" || mayUse(actor, "customer.read");
  if (isOfPartner(actor)) {
    const from = sql`FROM reseller_relationship relationship ${hint} JOIN customer ON customer.id = relationship.customerId
      WHERE relationship.partnerId = ${actor.partnerId} AND relationship.status = ${RelationshipStatus.ACTIVE}`;
    const columns = sql`${OF_THE_TENANT}, ${KEPT_BY_PARTNER}`;
    return { columns, from: mayRead ? from : and(from, sql`1 = 0`) };
  }
  const columns = sql`${OF_THE_TENANT}, ${OWN}`;
  if (actor.kind === "SYSTEM") return { columns, from: sql`FROM customer WHERE 1 = 1` };
  const own = isOfCustomer(actor) && mayRead ? actor.customerId : "";
  return { columns, from: sql`FROM customer WHERE customer.id = ${own}` };
}

/** The customers of these ids that the actor may see. */
export function findVisibleCustomers(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<VisibleCustomer[]> {
  const { columns, from } = customersVisibleTo(actor);
  return reads.rows(sql`SELECT ${columns} ${from} AND customer.id IN ${ids}`);
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

/** The organization with this domain, whoever may see it. */
export function findCustomerByDomain(reads: Reads, domain: string): Promise<Customer | null> {
  return reads.one(Customer, sql`FROM customer WHERE domain = ${domain}`);
}

/** One organization by id, for a use case that knows it from a row it was allowed to read. */
export function getCustomer(reads: Reads, id: string): Promise<Customer> {
  return reads.get(Customer, sql`FROM customer WHERE id = ${id}`);
}

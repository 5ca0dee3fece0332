import type { Cloud } from "../../entities/partners/partner";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { isOfPartner } from "../access/actor";
import type { Caller } from "../access/grant";
import type { Instant } from "../values/instant";
import { BoundedCache } from "../context/bounded-cache";
import { columnsReader, type PartOf, type RowFor } from "../database/projections";
import type { Reads } from "../database/reads";
import { inScope, scopeOf } from "../database/scope";
import { listOf, name, type Sql, sql } from "../database/sql";

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

/** A customer of which no more was read than what the wanted fields are made of, and what lists are sorted by. */
export type CustomerPart = PartOf<VisibleCustomer, "id" | "companyNameKey" | "since" | "domain">;

/** Callers choose what is read, so there is no end of ways to read. */
const MAX_SELECTIONS = 500;

const OF_THE_TENANT = columnsOf("customer", ["id", "tenantId", "country", "cloud"]);
const KEPT_COLUMNS = {
  ...OF_THE_TENANT,
  ...columnsOf("relationship", ["companyName", "companyNameKey", "domain", "contactEmail", "contactPhone"]),
  ...columnsOf("relationship", ["contactFirstName", "contactMiddleName", "contactLastName"]),
  ...columnsOf("relationship", ["registrationNumber", "version"]),
  relationshipId: sql`relationship.id`,
  since: sql`relationship.establishedAt`,
};
const KEPT_BY_PARTNER = selectionOf(KEPT_COLUMNS);
const OWN = selectionOf({
  ...OF_THE_TENANT,
  ...columnsOf("customer", ["companyName", "domain", "version"]),
  relationshipId: sql`NULL`,
  since: sql`customer.createdAt`,
});

function columnsOf(table: string, columns: readonly (keyof VisibleCustomer)[]): Record<string, Sql> {
  return Object.fromEntries(columns.map((column) => [column, name(`${table}.${column}`)]));
}

/** What is read of a customer for these fields of its GraphQL type. */
export const customerColumns = columnsReader<VisibleCustomer>()(
  () => Object.keys(KEPT_COLUMNS),
  ["id", "companyNameKey", "since", "domain"],
  {
    relationships: [],
    relationshipCount: [],
    subscriptions: [],
    removalBlockers: [],
    removalBlockerCount: [],
  },
);

/** What a computed field of Customer has of its row. */
export type CustomerFor<Field extends keyof typeof customerColumns.computed> = RowFor<
  typeof customerColumns,
  Field
>;

/** What is selected for these fields of the GraphQL type, of those columns that there are; all of them without a list. */
function selectionOf(columns: Record<string, Sql>): (fields?: readonly string[]) => Sql {
  const known = new BoundedCache<string, Sql>({ maxEntries: MAX_SELECTIONS });
  return (fields) => {
    const wanted = customerColumns(fields);
    return known.getOrMake(wanted?.key ?? "", () => {
      const read = Object.entries(columns).filter(([property]) => wanted?.names.includes(property) ?? true);
      return listOf(read.map(([property, column]) => sql`${column} AS ${name(property)}`));
    });
  };
}

/** A select of customers' rows: what it reads, and from FROM to its WHERE clause where. */
export interface CustomerScope {
  columns: Sql;
  from: Sql;
}

const KEPT = { partner: ["partnerId"], customer: ["customerId"], about: "customerId" };
const OF_ITSELF = { partner: [], customer: ["id"] };

/**
 * The customers that a caller may see: for a partner's user those with an active relationship, for a customer's user
 * its own. Every read of customers on behalf of somebody starts here. With a hint a partner's are read by that index; with
 * fields of the GraphQL type no more is read than these are made of.
 */
export function customersVisibleTo(caller: Caller, hint = sql``, fields?: readonly string[]): CustomerScope {
  const scope = scopeOf(caller, "customer.read");
  if (!isOfPartner(caller.actor)) {
    const isVisible = inScope(scope, OF_ITSELF, sql`customer`);
    return { columns: OWN(fields), from: sql`FROM customer WHERE ${isVisible}` };
  }
  const isVisible = inScope(scope, KEPT, sql`relationship`);
  const from = sql`FROM reseller_relationship relationship ${hint} JOIN customer ON customer.id = relationship.customerId
      WHERE ${isVisible} AND relationship.status = ${RelationshipStatus.ACTIVE}`;
  return { columns: KEPT_BY_PARTNER(fields), from };
}

/** The customers of these ids that the caller may see. */
export function findVisibleCustomers(
  caller: Caller,
  reads: Reads,
  ids: readonly string[],
): Promise<VisibleCustomer[]> {
  const { columns, from } = customersVisibleTo(caller);
  return reads.rows(sql`SELECT ${columns} ${from} AND customer.id IN ${ids}`);
}

/** What these fields of the GraphQL type are made of, of one customer that the caller may see. */
export async function findVisibleCustomer(
  caller: Caller,
  reads: Reads,
  id: string,
  fields?: readonly string[],
): Promise<CustomerPart | undefined> {
  const { columns, from } = customersVisibleTo(caller, undefined, fields);
  const [found] = await reads.rows<CustomerPart>(sql`SELECT ${columns} ${from} AND customer.id = ${id}`);
  return found;
}

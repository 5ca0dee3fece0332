import { Customer } from "../../entities/customers/customer";
import { ActivityResource } from "../../entities/activity/activity-record";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { isOfCustomer, isOfPartner } from "../access/actor";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Key } from "../database/keyset-order";
import { countRows, keyset, type KeysetOrder, type Page, pageOf, readFiltered } from "../database/paging";
import { cachedCount, type CountedList } from "../unit-of-work/cached-counts";
import { grantsOf, scopeOf } from "../database/scope";
import { and, beginsWith, byIndex, name, type Sql, sql } from "../database/sql";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { domainNamePrefix } from "../values/domain-name";
import { searchKey, searchTextProblem } from "../values/search-key";
import { normalizeTenantId, tenantIdProblem } from "../values/tenant-id";
import { type CustomerPart, customersVisibleTo, findVisibleCustomers } from "./customer.repository";

/** What a list of customers can be ordered by. */
export type CustomerOrderField = "COMPANY_NAME" | "SINCE";

/** Which customers, in which order, and which page of them. */
export interface ListCustomers extends PageInput {
  companyNameStartsWith?: string | null;
  domainStartsWith?: string | null;
  id?: string | null;
  tenantId?: string | null;
  /** By the domain, where that is searched for, otherwise by name when absent. */
  orderBy?: CustomerOrderField | null;
  direction: "ASC" | "DESC";
}

/**
 * The customers that the caller may see. Every order, and every search, is one range of an index of the partner's
 * relationships, so a search comes in no other order. The customer's own user has one row, for which no index matters. Of each is read what these fields of its GraphQL type are made of, or all.
 * @throws CURSOR_INVALID `after` is not a cursor of this list in this order
 */
export async function listCustomers(
  ctx: UseCaseContext,
  input: ListCustomers,
  fields?: readonly string[],
): Promise<Page<CustomerPart>> {
  new FieldChecks()
    .id("id", input.id, Customer)
    .field("tenantId", input.tenantId ? tenantIdProblem(input.tenantId) : undefined)
    .text("companyNameStartsWith", input.companyNameStartsWith, { max: 200 })
    .field("companyNameStartsWith", searchTextProblem("companyNameStartsWith", input.companyNameStartsWith))
    .text("domainStartsWith", input.domainStartsWith, { max: 253 })
    .field("orderBy", isOfPartner(ctx.actor) ? problemOfOrder(input) : undefined)
    .done();
  const page = pageRequest(input);
  const { actor } = ctx;
  const ofPartner = isOfPartner(actor);
  const by = orderNameOf(input);
  // Of a few customers no index has the order: the database finds them by their ids and sorts them.
  const isLong = !grantsOf(scopeOf(ctx, "customer.read"));
  const order = ofPartner ? orderOf(by, input.direction) : OWN_ROW;
  const { columns, from } = customersVisibleTo(ctx, isLong ? hintFor(by, input) : undefined, fields);
  const byName = ofPartner ? nameInList(input) : await ownName(ctx, input);
  const ranges = [applyFilter(from, input, ofPartner, byName)] as const;
  const rest = ofPartner ? restOf(input) : undefined;
  const { rows, stoppedAt } = await ctx.read((reads) =>
    readFiltered(reads, ranges, order, { page, rest }, ([range]) =>
      reads.rows<CustomerPart>(keyset(sql`SELECT ${columns} ${range}`, order, page)),
    ),
  );
  const counted = countedList(input, ofPartner);
  const count =
    (counted && cachedCount(ctx, counted)) ?? (() => ctx.read((reads) => countRows(reads, ranges, rest)));
  const keyOf = (row: CustomerPart): Key => [ofPartner ? row[ORDERS[by].field] : row.id, row.id];
  return pageOf(rows, order, page, keyOf, count, stoppedAt);
}

const OWN_ROW: KeysetOrder = { name: "customer", column: "customer.id", id: "customer.id", direction: "ASC" };

/** What each order goes by, in the row and in the table, and the index that has it. */
const ORDERS = {
  COMPANY_NAME: { field: "companyNameKey", column: "companyNameKey", index: "relationship_by_company_name" },
  SINCE: { field: "since", column: "establishedAt", index: "relationship_by_since" },
  DOMAIN: { field: "domain", column: "domain", index: "relationship_by_domain" },
} as const;

type OrderName = keyof typeof ORDERS;

/** What is wrong with the order: no index serves a search in another one, and sorting all that is found has no bound. */
function problemOfOrder({ orderBy, ...filter }: ListCustomers): string | undefined {
  if (!orderBy || filter.id || filter.tenantId) return undefined;
  if (filter.domainStartsWith)
    return "Customers that are searched by domain come by domain. Leave orderBy out, or search by company name.";
  if (filter.companyNameStartsWith && orderBy !== "COMPANY_NAME")
    return "Customers that are searched by company name come by name: order by COMPANY_NAME, or leave the filter out.";
  return undefined;
}

/** No index serves a search by domain in the order of names, so that search has an order of its own. */
function orderNameOf({ orderBy, domainStartsWith }: ListCustomers): OrderName {
  return orderBy ?? (domainStartsWith ? "DOMAIN" : "COMPANY_NAME");
}

function orderOf(by: OrderName, direction: KeysetOrder["direction"]): KeysetOrder {
  const column = `relationship.${ORDERS[by].column}`;
  return { name: `customer ${by} ${direction}`, column, id: "relationship.customerId", direction };
}

/** The index that MariaDB does not find by itself: that of the domain searched for, else that of the order. */
function hintFor(by: OrderName, { id, tenantId, domainStartsWith }: ListCustomers) {
  if (id || tenantId) return undefined;
  return byIndex(ORDERS[domainStartsWith ? "DOMAIN" : by].index);
}

/** All customers of a partner: one for each active relationship. */
function countedList(input: ListCustomers, ofPartner: boolean): CountedList | undefined {
  const { id, tenantId, domainStartsWith, companyNameStartsWith } = input;
  if (!ofPartner || id || tenantId || domainStartsWith || companyNameStartsWith) return undefined;
  const kind = ActivityResource.RELATIONSHIP;
  return { kind, status: RelationshipStatus.ACTIVE, permission: "customer.read" };
}

/** The condition on the name in a partner's list; a search by domain as well goes by domain, see `restOf`. */
function nameInList({ companyNameStartsWith, domainStartsWith }: ListCustomers): Sql | undefined {
  if (!companyNameStartsWith || domainStartsWith) return undefined;
  return beginsWith(name("relationship.companyNameKey"), searchKey(companyNameStartsWith));
}

/** The same on a customer's own name, for which there is no column to search: it is read, since it is one row. */
async function ownName(
  ctx: UseCaseContext,
  { companyNameStartsWith }: ListCustomers,
): Promise<Sql | undefined> {
  const { actor } = ctx;
  if (!companyNameStartsWith || !isOfCustomer(actor)) return undefined;
  const [own] = await ctx.read((reads) => findVisibleCustomers(ctx, reads, [actor.customerId]));
  const begins = own && searchKey(own.companyName).startsWith(searchKey(companyNameStartsWith));
  return begins ? undefined : sql`1 = 0`;
}

function applyFilter(from: Sql, input: ListCustomers, ofPartner: boolean, byName: Sql | undefined): Sql {
  const { id, tenantId, domainStartsWith } = input;
  const domain = name(ofPartner ? "relationship.domain" : "customer.domain");
  return and(
    from,
    id && sql`${name(ofPartner ? "relationship.customerId" : "customer.id")} = ${id}`,
    tenantId && sql`customer.tenantId = ${normalizeTenantId(tenantId)}`,
    domainStartsWith && beginsWith(domain, domainNamePrefix(domainStartsWith)),
    byName,
  );
}

/** A search by domain and name goes by domain, and names are passed over. */
function restOf({ domainStartsWith, companyNameStartsWith }: ListCustomers): Sql | undefined {
  if (!domainStartsWith || !companyNameStartsWith) return undefined;
  return beginsWith(sql`+relationship.companyNameKey`, searchKey(companyNameStartsWith));
}

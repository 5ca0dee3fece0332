import { ActivityResource } from "../../entities/audit/activity-record";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { isOfPartner } from "../access/actor";
import type { UseCaseContext } from "../context/use-case-context";
import { keyset, type KeysetOrder, type Page, pageOf } from "../database/paging";
import { counting, type WholeList } from "../database/row-counts";
import { searchKey } from "../database/search-key";
import { and, beginsWith, name, type Sql, sql } from "../database/sql";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { customersVisibleTo, type VisibleCustomer } from "./customer.repository";

/** What a list of customers can be ordered by. */
export type CustomerOrderField = "COMPANY_NAME" | "SINCE";

/** Which customers, in which order, and which page of them. */
export interface ListCustomers extends PageInput {
  companyNameStartsWith?: string | null;
  domainStartsWith?: string | null;
  id?: string | null;
  tenantId?: string | null;
  orderBy: CustomerOrderField;
  direction: "ASC" | "DESC";
}

/**
 * The customers that the caller may see. Every filter and order is one range of an index of the partner's
 * relationships; the customer's own user has one row, for which no index matters.
 * @throws CURSOR_INVALID `after` is not a cursor of this list in this order
 */
export async function listCustomers(
  ctx: UseCaseContext,
  input: ListCustomers,
): Promise<Page<VisibleCustomer>> {
  new FieldChecks()
    .id("id", input.id, "customer")
    .text("companyNameStartsWith", input.companyNameStartsWith, { max: 200 })
    .text("domainStartsWith", input.domainStartsWith, { max: 253 })
    .done();
  const page = pageRequest(input);
  const { actor } = ctx;
  const ofPartner = isOfPartner(actor);
  const order = ofPartner ? orderOf(input) : OWN_ROW;
  const { columns, from } = customersVisibleTo(actor);
  const found = applyFilter(from, input, ofPartner);
  const select = keyset(sql`SELECT ${columns} ${found}`, order, page);
  const rows = await ctx.read((reads) => reads.list<VisibleCustomer>(select));
  const count = counting(ctx, wholeList(input, ofPartner), (reads) => reads.count(found));
  const key = (row: VisibleCustomer) => (input.orderBy === "SINCE" ? row.since : row.companyNameKey);
  return pageOf(rows, order, page, (row) => [ofPartner ? key(row) : row.id, row.id], count);
}

const OWN_ROW: KeysetOrder = { name: "customer", column: "customer.id", id: "customer.id", direction: "ASC" };

function orderOf({ orderBy, direction }: ListCustomers): KeysetOrder {
  const column = orderBy === "SINCE" ? "establishedAt" : "companyNameKey";
  return {
    name: `customer ${orderBy} ${direction}`,
    column: `relationship.${column}`,
    id: "relationship.customerId",
    direction,
  };
}

/** All customers of a partner: one for each active relationship. */
function wholeList(input: ListCustomers, ofPartner: boolean): WholeList | undefined {
  const { id, tenantId, domainStartsWith, companyNameStartsWith } = input;
  if (!ofPartner || id || tenantId || domainStartsWith || companyNameStartsWith) return undefined;
  const kind = ActivityResource.RELATIONSHIP;
  return { kind, status: RelationshipStatus.ACTIVE, permission: "customer.read" };
}

function applyFilter(from: Sql, input: ListCustomers, ofPartner: boolean): Sql {
  const { id, tenantId, domainStartsWith, companyNameStartsWith } = input;
  const domain = name(ofPartner ? "relationship.domain" : "customer.domain");
  return and(
    from,
    id && sql`${name(ofPartner ? "relationship.customerId" : "customer.id")} = ${id}`,
    tenantId && sql`customer.tenantId = ${tenantId}`,
    domainStartsWith && beginsWith(domain, domainStartsWith.trim().toLowerCase()),
    companyNameStartsWith &&
      ofPartner &&
      beginsWith(name("relationship.companyNameKey"), searchKey(companyNameStartsWith)),
  );
}

import type { SqlValue } from "../../src/database/sql";
import { keyOfOrder, placeOf } from "./cursor";
import type { Sql } from "./sql";

/** A customer as the reading partner's list shows it. */
export interface CustomerRow {
  id: string;
  companyName: string;
  companyNameKey: string;
  domain: string;
  country: string;
  cloud: string;
  tenantId: string;
  contactEmail: string | null;
  contactPhone: string | null;
  since: string;
  version: number;
}

/** A relationship with its partner. */
export interface RelationshipRow {
  id: string;
  customerId: string;
  kind: string;
  status: string;
  establishedAt: string;
  version: number;
  partnerId: string;
  partnerName: string;
  programmeRole: string;
  partnerCountry: string;
  partnerDomain: string;
}

/** A subscription; its switches are 0 and 1. */
export interface SubscriptionRow {
  id: string;
  customerId: string;
  offerName: string;
  quantity: number;
  status: string;
  termEndsAt: string;
  autoRenewEnabled: number;
}

/** Which page of which customers. */
export interface CustomerPage {
  first: number;
  after?: string | null;
  filter?: { companyNameStartsWith?: string | null; domainStartsWith?: string | null } | null;
}

const CUSTOMERS = `SELECT c.id AS id, r.companyName AS companyName, r.companyNameKey AS companyNameKey, r.domain AS domain,
  c.country AS country, c.cloud AS cloud, c.tenantId AS tenantId, r.contactEmail AS contactEmail,
  r.contactPhone AS contactPhone, r.establishedAt AS since, r.version AS version
  FROM reseller_relationship r JOIN customer c ON c.id = r.customerId WHERE r.partnerId = ? AND r.status = 'ACTIVE'`;
const LAST_CHARACTER = "\u{10FFFF}";

/**
 * The statements of the questions, as somebody writes them who knows them all: scoped to one partner, one per level. Rows
 * of several customers come by customer first: in the order of ids alone SQLite reads everything that the partner has.
 */
export function readsOf(sql: Sql, partnerId: string) {
  return {
    customer: async (id: string) =>
      (await sql.rows<CustomerRow>(`${CUSTOMERS} AND r.customerId = ?`, [partnerId, id]))[0] ?? null,

    /** One row more than asked for, which tells whether there is a next page. */
    customers: ({ first, after, filter }: CustomerPage) => {
      const parameters: SqlValue[] = [partnerId];
      let text = CUSTOMERS;
      const key = `r.${keyOfOrder(filter)}`;
      if (filter?.companyNameStartsWith) {
        const from = filter.companyNameStartsWith.toLowerCase();
        text += " AND r.companyNameKey >= ? AND r.companyNameKey < ?";
        parameters.push(from, from + LAST_CHARACTER);
      }
      if (filter?.domainStartsWith) {
        text += " AND r.domain >= ? AND r.domain < ?";
        parameters.push(filter.domainStartsWith, filter.domainStartsWith + LAST_CHARACTER);
      }
      if (after) {
        const { value, id } = placeOf(after);
        text += ` AND ${key} >= ? AND (${key} > ? OR r.customerId > ?)`;
        parameters.push(value, value, id);
      }
      text += ` ORDER BY ${key}, r.customerId LIMIT ${first + 1}`;
      return sql.rows<CustomerRow>(text, parameters);
    },

    relationshipsOf: (customerIds: readonly string[]) =>
      sql.rows<RelationshipRow>(
        `SELECT r.id AS id, r.customerId AS customerId, r.kind AS kind, r.status AS status, r.establishedAt AS establishedAt,
           r.version AS version, p.id AS partnerId, p.name AS partnerName, p.programmeRole AS programmeRole,
           p.country AS partnerCountry, p.domain AS partnerDomain
         FROM reseller_relationship r JOIN partner p ON p.id = r.partnerId
         WHERE r.customerId IN (${places(customerIds)}) AND r.partnerId = ? AND r.status = 'ACTIVE' ORDER BY r.customerId, r.id`,
        [...customerIds, partnerId],
      ),

    /** All of each customer's: whoever wants fewer cuts them off. */
    subscriptionsOf: (customerIds: readonly string[]) =>
      sql.rows<SubscriptionRow>(
        `SELECT id, customerId, offerName, quantity, status, termEndsAt, autoRenewEnabled FROM subscription
         WHERE customerId IN (${places(customerIds)}) AND partnerId = ? ORDER BY customerId, id`,
        [...customerIds, partnerId],
      ),
  };
}

function places(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}

/** Rows by what they belong to. */
export function grouped<Row extends { customerId: string }>(rows: Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.customerId);
    if (group) group.push(row);
    else groups.set(row.customerId, [row]);
  }
  return groups;
}

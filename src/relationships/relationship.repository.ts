import { ActivityResource } from "../../entities/activity/activity-record";
import type { Partner } from "../../entities/partners/partner";
import { PartnershipStatus } from "../../entities/partners/partnership";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { isOfPartner, organizationOf } from "../access/actor";
import type { Caller } from "../access/grant";
import { cachedCount } from "../unit-of-work/cached-counts";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { groupBy } from "../database/batching";
import { countRows, type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Columns, PartOf } from "../database/projections";
import type { Reads } from "../database/reads";
import { grantsOf, inScope, isGranted, type Scope, scopeOf } from "../database/scope";
import { and, byIndex, limit, listOf, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";
import type { BoundedList } from "../errors/list-bounds";
import { LISTED, PARTNER } from "./relationship-columns";

const ID = "reseller_relationship.id";
const BY_AGE: KeysetOrder = { name: "relationship", column: ID, id: ID, direction: "ASC" };

/** Which relationships a list is asked for. */
export interface RelationshipFilter {
  customerId?: string | null;
  status?: RelationshipStatus | null;
}

const SCOPED = { partner: ["partnerId"], customer: ["customerId"], about: "customerId" };

/** Whether a relationship is of the caller's own organization, and one that it may see. */
function isOwn(scope: Scope): Sql {
  return inScope(scope, SCOPED, sql`reseller_relationship`);
}

/**
 * The relationships that a caller may see: its own organization's; and a partner also those that a provider or
 * reseller it has a partnership with holds to the same customer now. A partner never learns of other partners.
 */
export function relationshipsVisibleTo(caller: Caller, alsoFrom = sql``): Sql {
  const from = sql`FROM reseller_relationship ${alsoFrom} WHERE`;
  const scope = scopeOf(caller, "relationship.read");
  if (scope.kind !== "ORGANIZATION" || scope.side === "customer") return sql`${from} ${isOwn(scope)}`;
  const { organizationId: me, grants } = scope;
  // Two questions to two indexes, before the more expensive one about our own relationship.
  const isPartner = (mine: Sql, theirs: Sql) => sql`EXISTS (SELECT 1 FROM partnership
    WHERE partnership.status = ${PartnershipStatus.ACTIVE} AND partnership.${mine} = ${me}
    AND partnership.${theirs} = reseller_relationship.partnerId)`;
  const [provider, reseller] = [sql`providerId`, sql`resellerId`];
  const visible = sql`${from} (reseller_relationship.partnerId = ${me} OR (reseller_relationship.status = ${RelationshipStatus.ACTIVE}
    AND (${isPartner(reseller, provider)} OR ${isPartner(provider, reseller)})
    AND EXISTS (SELECT 1 FROM reseller_relationship mine WHERE mine.partnerId = ${me}
      AND mine.status = ${RelationshipStatus.ACTIVE} AND mine.customerId = reseller_relationship.customerId)))`;
  return and(visible, grants && isGranted(sql`reseller_relationship.customerId`, grants));
}

/** One page of the actor's own organization's relationships, oldest first. */
export function pageOfRelationships(
  ctx: UseCaseContext,
  { customerId, status }: RelationshipFilter,
  page: PageRequest,
): Promise<Page<ResellerRelationship>> {
  const counted = { kind: ActivityResource.RELATIONSHIP, status, permission: "relationship.read" } as const;
  const scope = scopeOf(ctx, "relationship.read");
  // Of one customer there is one row, and a customer has a handful: the database finds those by itself.
  const isLong = isOfPartner(ctx.actor) && !customerId && !grantsOf(scope);
  const hint = isLong ? byIndex(`relationship_by_partner${status ? "_and_status" : ""}`) : sql``;
  const found = and(
    sql`FROM reseller_relationship ${hint} WHERE ${isOwn(scope)}`,
    customerId && sql`customerId = ${customerId}`,
    status && sql`status = ${status}`,
  );
  const cached = customerId ? undefined : cachedCount(ctx, counted);
  return readPage(ctx, ResellerRelationship, [found], BY_AGE, { page, cachedCount: cached });
}

/** What is read of the partner of a relationship. */
export type ListedPartner = Pick<Partner, "id" | "name" | "programmeRole" | "country" | "cloud" | "domain">;

/** What a customer's reader sees of a relationship: what the wanted fields are made of, with its partner where that is one. */
export type ListedRelationship = Omit<
  PartOf<ResellerRelationship, "id" | "customerId" | "partnerId">,
  "partner"
> & {
  partner?: ListedPartner;
};

type ListedRow = ListedRelationship & {
  [Property in keyof typeof PARTNER]: ListedPartner[(typeof PARTNER)[Property]];
};

/** What Customer.relationships is asked for: how many of each customer, and what of them. */
export interface WantedRelationships {
  first: number;
  columns?: Columns;
}

/** Hardly any customers of one page have more between them. */
const MAX_AT_ONCE = 5_000;

/**
 * Of each of these customers the first active relationships that the caller may see, its own at the front and then oldest
 * first, and how many there are; each with its partner if that is wanted: there are few partners, so those of one partner
 * share it. One statement reads them all; where that are too many, others read the first and the count of each customer. A
 * customer without any is not in the map.
 */
export async function findActiveRelationshipsOf(
  caller: Caller,
  reads: Reads,
  customerIds: readonly string[],
  wanted: WantedRelationships,
): Promise<Map<string, BoundedList<ListedRelationship>>> {
  const { columns, first } = wanted;
  const names = columns?.names.every((each) => each in LISTED) ? columns.names : Object.keys(LISTED);
  const withPartner = names.includes("partner");
  const scope = relationshipsVisibleTo(
    caller,
    withPartner ? sql`JOIN partner ON partner.id = reseller_relationship.partnerId` : undefined,
  );
  const read = async (ids: readonly string[], most: number, order: Sql) => {
    const rows = await reads.rows<ListedRow>(sql`SELECT ${listOf(names.map((each) => LISTED[each]))} ${scope}
      AND ${isActiveOf(ids)} ORDER BY ${order}${limit(most)}`);
    return withPartner ? sharePartners(rows) : rows;
  };
  const all = await read(
    customerIds,
    MAX_AT_ONCE,
    sql`reseller_relationship.customerId, reseller_relationship.id`,
  );
  const me = organizationOf(caller.actor) ?? "";
  const found = new Map<string, BoundedList<ListedRelationship>>();
  if (all.length < MAX_AT_ONCE) {
    for (const [customerId, rows] of groupBy(all, (row) => row.customerId))
      found.set(customerId, { rows: ownFirst(rows, me).slice(0, first), count: rows.length });
    return found;
  }
  const order = sql`CASE WHEN reseller_relationship.partnerId = ${me} THEN 0 ELSE 1 END, reseller_relationship.id`;
  for (const customerId of customerIds) {
    const rows = await read([customerId], first, order);
    const range = sql`${relationshipsVisibleTo(caller)} AND ${isActiveOf([customerId])}`;
    found.set(customerId, { rows, count: (await countRows(reads, [range])) ?? 0 });
  }
  return found;
}

function isActiveOf(customerIds: readonly string[]): Sql {
  return sql`reseller_relationship.customerId IN ${customerIds} AND reseller_relationship.status = ${RelationshipStatus.ACTIVE}`;
}

function ownFirst(rows: ListedRow[], me: string): ListedRow[] {
  const at = rows.findIndex(({ partnerId }) => partnerId === me);
  return at > 0 ? [rows[at], ...rows.slice(0, at), ...rows.slice(at + 1)] : rows;
}

function sharePartners(rows: ListedRow[]): ListedRow[] {
  const partners = new Map<string, ListedPartner>();
  for (const row of rows) {
    row.partner = partners.get(row.partnerId) ?? partnerIn(row);
    partners.set(row.partnerId, row.partner);
  }
  return rows;
}

function partnerIn(row: ListedRow): ListedPartner {
  return {
    id: row.partnerId,
    name: row.partnerName,
    programmeRole: row.partnerRole,
    country: row.partnerCountry,
    cloud: row.partnerCloud,
    domain: row.partnerDomain,
  };
}

/** The relationships of these ids that the caller may see. */
export function findVisibleRelationships(
  caller: Caller,
  reads: Reads,
  ids: readonly string[],
): Promise<ResellerRelationship[]> {
  return reads.all(
    ResellerRelationship,
    sql`${relationshipsVisibleTo(caller)} AND reseller_relationship.id IN ${ids}`,
  );
}

/**
 * A relationship of a partner that is the actor's own organization, and the head of its stream, locked until the end of the transaction. Nodes of a cluster do not
 * share locks; they undo the transaction that holds a row which another node changed. Who buys through the relationship locks it and
 * changes the head: with both locked, a transaction that looks for subscriptions finds all or is undone (ADR 0038).
 */
export function lockOwnRelationship(
  caller: Caller,
  tx: Transaction,
  id: string,
): Promise<ResellerRelationship | null> {
  const found = sql`FROM reseller_relationship JOIN organization_head ON organization_head.organizationId = partnerId
    WHERE ${isOwn(scopeOf(caller, "relationship.read"))} AND id = ${id}`;
  return tx.one(ResellerRelationship, tx.locked(found));
}

/** The relationship of a partner with a customer, in whatever state, locked until the end of the transaction. */
export function lockRelationshipBetween(
  tx: Transaction,
  partnerId: string,
  customerId: string,
): Promise<ResellerRelationship | null> {
  const between = sql`FROM reseller_relationship WHERE partnerId = ${partnerId} AND customerId = ${customerId}`;
  return tx.one(ResellerRelationship, tx.locked(between));
}

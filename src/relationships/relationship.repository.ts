import { ActivityResource } from "../../entities/activity/activity-record";
import { PartnershipStatus } from "../../entities/partners/partnership";
import { RelationshipStatus, ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { type Actor, isOfPartner, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import { cachedCount } from "../unit-of-work/cached-counts";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { groupBy } from "../database/batching";
import { countRows, type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Columns, PartOf } from "../database/projections";
import type { Reads } from "../database/reads";
import { and, byIndex, limit, listOf, name, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";
import type { BoundedList } from "../errors/list-bounds";
import type { VisiblePartner } from "../partners";
import { LISTED, PARTNER } from "./relationship-columns";

const ID = "reseller_relationship.id";
const BY_AGE: KeysetOrder = { name: "relationship", column: ID, id: ID, direction: "ASC" };

/** Which relationships a list is asked for. */
export interface RelationshipFilter {
  customerId?: string | null;
  status?: RelationshipStatus | null;
}

/** The actor's own organization's relationships, ended ones too. */
function ownRelationships(actor: Actor, hint = sql``): Sql {
  return sql`FROM reseller_relationship ${hint} WHERE ${isOwn(actor)}`;
}

function isOwn(actor: Actor): Sql {
  if (actor.kind === "SYSTEM") return sql`1 = 1`;
  if (!mayUse(actor, "relationship.read")) return sql`1 = 0`;
  const side = name(isOfPartner(actor) ? "partnerId" : "customerId");
  return sql`reseller_relationship.${side} = ${organizationOf(actor) ?? ""}`;
}

/**
 * The relationships that an actor may see: its own organization's; and a partner also those that a provider or
 * reseller it has a partnership with holds to the same customer now. A partner never learns of other partners.
 */
export function relationshipsVisibleTo(actor: Actor, alsoFrom = sql``): Sql {
  const from = sql`FROM reseller_relationship ${alsoFrom} WHERE`;
  if (!isOfPartner(actor) || !mayUse(actor, "relationship.read")) return sql`${from} ${isOwn(actor)}`;
  const me = actor.partnerId;
  // Two questions to two indexes, before the more expensive one about our own relationship.
  const isPartner = (mine: Sql, theirs: Sql) => sql`EXISTS (SELECT 1 FROM partnership
    WHERE partnership.status = ${PartnershipStatus.ACTIVE} AND partnership.${mine} = ${me}
    AND partnership.${theirs} = reseller_relationship.partnerId)`;
  const [provider, reseller] = [sql`providerId`, sql`resellerId`];
  return sql`${from} (reseller_relationship.partnerId = ${me} OR (reseller_relationship.status = ${RelationshipStatus.ACTIVE}
    AND (${isPartner(reseller, provider)} OR ${isPartner(provider, reseller)})
    AND EXISTS (SELECT 1 FROM reseller_relationship mine WHERE mine.partnerId = ${me}
      AND mine.status = ${RelationshipStatus.ACTIVE} AND mine.customerId = reseller_relationship.customerId)))`;
}

/** One page of the actor's own organization's relationships, oldest first. */
export function pageOfRelationships(
  ctx: UseCaseContext,
  { customerId, status }: RelationshipFilter,
  page: PageRequest,
): Promise<Page<ResellerRelationship>> {
  const counted = { kind: ActivityResource.RELATIONSHIP, status, permission: "relationship.read" } as const;
  // Of one customer there is one row, and a customer has a handful: the database finds those by itself.
  const isLong = isOfPartner(ctx.actor) && !customerId;
  const found = and(
    ownRelationships(
      ctx.actor,
      isLong ? byIndex(`relationship_by_partner${status ? "_and_status" : ""}`) : undefined,
    ),
    customerId && sql`customerId = ${customerId}`,
    status && sql`status = ${status}`,
  );
  const cached = customerId ? undefined : cachedCount(ctx, counted);
  return readPage(ctx, ResellerRelationship, [found], BY_AGE, { page, cachedCount: cached });
}

/** What a customer's reader sees of a relationship: what the wanted fields are made of, with its partner where that is one. */
export type ListedRelationship = Omit<
  PartOf<ResellerRelationship, "id" | "customerId" | "partnerId">,
  "partner"
> & {
  partner?: VisiblePartner;
};

type ListedRow = ListedRelationship & {
  [Property in keyof typeof PARTNER]: VisiblePartner[(typeof PARTNER)[Property]];
};

/** What Customer.relationships is asked for: how many of each customer, and what of them. */
export interface WantedRelationships {
  first: number;
  columns?: Columns;
}

/** Hardly any customers of one page have more between them. */
const MAX_AT_ONCE = 5_000;

/**
 * Of each of these customers the first active relationships that the actor may see, its own at the front and then oldest
 * first, and how many there are; each with its partner if that is wanted: there are few partners, so those of one partner
 * share it. One statement reads them all; where that are too many, others read the first and the count of each customer. A
 * customer without any is not in the map.
 */
export async function findActiveRelationshipsOf(
  actor: Actor,
  reads: Reads,
  customerIds: readonly string[],
  wanted: WantedRelationships,
): Promise<Map<string, BoundedList<ListedRelationship>>> {
  const { columns, first } = wanted;
  const names = columns?.names.every((each) => each in LISTED) ? columns.names : Object.keys(LISTED);
  const withPartner = names.includes("partner");
  const scope = relationshipsVisibleTo(
    actor,
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
  const me = organizationOf(actor) ?? "";
  const found = new Map<string, BoundedList<ListedRelationship>>();
  if (all.length < MAX_AT_ONCE) {
    for (const [customerId, rows] of groupBy(all, (row) => row.customerId))
      found.set(customerId, { rows: ownFirst(rows, me).slice(0, first), count: rows.length });
    return found;
  }
  const order = sql`CASE WHEN reseller_relationship.partnerId = ${me} THEN 0 ELSE 1 END, reseller_relationship.id`;
  for (const customerId of customerIds) {
    const rows = await read([customerId], first, order);
    const range = sql`${relationshipsVisibleTo(actor)} AND ${isActiveOf([customerId])}`;
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
  const partners = new Map<string, VisiblePartner>();
  for (const row of rows) {
    row.partner = partners.get(row.partnerId) ?? partnerIn(row);
    partners.set(row.partnerId, row.partner);
  }
  return rows;
}

function partnerIn(row: ListedRow): VisiblePartner {
  return {
    id: row.partnerId,
    name: row.partnerName,
    programmeRole: row.partnerRole,
    country: row.partnerCountry,
    cloud: row.partnerCloud,
    domain: row.partnerDomain,
  };
}

/** The relationships of these ids that the actor may see. */
export function findVisibleRelationships(
  actor: Actor,
  reads: Reads,
  ids: readonly string[],
): Promise<ResellerRelationship[]> {
  return reads.all(
    ResellerRelationship,
    sql`${relationshipsVisibleTo(actor)} AND reseller_relationship.id IN ${ids}`,
  );
}

/**
 * A relationship of a partner that is the actor's own organization, and the head of its stream, locked until the end of the transaction. Nodes of a cluster do not
 * share locks; they undo the transaction that holds a row which another node changed. Who buys through the relationship locks it and
 * changes the head: with both locked, a transaction that looks for subscriptions finds all or is undone (ADR 0038).
 */
export function lockOwnRelationship(
  actor: Actor,
  tx: Transaction,
  id: string,
): Promise<ResellerRelationship | null> {
  const found = sql`FROM reseller_relationship JOIN organization_head ON organization_head.organizationId = partnerId
    WHERE ${isOwn(actor)} AND id = ${id}`;
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

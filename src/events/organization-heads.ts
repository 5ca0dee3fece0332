import { OrganizationHead, type RowCounts } from "../../entities/events/organization-head";
import type { LogEnd } from "../activity/activity-log";
import { sql, type SqlValue } from "../database/sql";
import type { Writes } from "../database/writes";

/** The ends of one organization's two logs and its counts, locked; whoever appends moves them on. */
export interface Head extends LogEnd {
  lastPosition: number;
  rowCounts: RowCounts;
}

/** Which heads to lock, and which names to read with them. */
export interface HeadsWanted {
  organizationIds: readonly string[];
  /** The customers that records tell of. */
  customerIds: readonly string[];
  /** The organization that others are told the name of. */
  acting: string | undefined;
}

/** The heads by organization, and the acting organization's name. */
export interface LockedHeads {
  heads: Map<string, Head>;
  actingName: string | null;
}

/**
 * Locks one organization's head until the end of the transaction: who does the same waits, and no event of the organization gets its
 * position meanwhile.
 */
export function lockHead(tx: Writes, organizationId: string): Promise<OrganizationHead> {
  return tx.get(
    OrganizationHead,
    tx.locked(sql`FROM organization_head WHERE organizationId = ${organizationId}`),
  );
}

type HeadRow = Record<string, string | number | null> & { organizationId: string };

/**
 * Locks the heads of these organizations in sorted order, so that two transactions never wait for each other both ways,
 * and reads with the same statement by which names they know these customers: a partner by the one in its own list.
 */
export async function lockHeads(
  tx: Writes,
  { organizationIds, customerIds, acting }: HeadsWanted,
): Promise<LockedHeads> {
  const names = [
    ...customerIds.map((_id, at) => `, COALESCE(${IN_ITS_LIST}, ${OF_CUSTOMER}) AS customer${at}`),
    acting === undefined ? "" : `, COALESCE(${OF_PARTNER}, ${OF_CUSTOMER}) AS acting`,
  ];
  const rows = await tx.rows<HeadRow>(
    `SELECT head.organizationId AS organizationId, head.lastPosition AS lastPosition,
       head.lastSequence AS lastSequence, head.lastHash AS lastHash, head.rowCounts AS rowCounts${names.join("")}
     FROM organization_head head WHERE head.organizationId IN (${placesFor(organizationIds)})
     ORDER BY head.organizationId${tx.family === "mysql" ? " FOR UPDATE" : ""}`,
    [
      ...customerIds.flatMap((id) => [id, id]),
      ...(acting === undefined ? [] : [acting, acting]),
      ...[...organizationIds].sort(),
    ],
  );
  if (rows.length !== organizationIds.length)
    throw new Error(`One of these organizations has no event stream: ${organizationIds.join(", ")}`);
  const heads = new Map(rows.map((row) => [row.organizationId, headOf(row, customerIds)]));
  return { heads, actingName: (rows[0]?.acting ?? null) as string | null };
}

const IN_ITS_LIST =
  "(SELECT known.companyName FROM reseller_relationship known WHERE known.partnerId = head.organizationId AND known.customerId = ?)";
const OF_CUSTOMER = "(SELECT customer.companyName FROM customer WHERE customer.id = ?)";
const OF_PARTNER = "(SELECT partner.name FROM partner WHERE partner.id = ?)";

function headOf(row: HeadRow, customerIds: readonly string[]): Head {
  const names = customerIds.map((id, at) => [id, row[`customer${at}`] as string | null] as const);
  return {
    lastPosition: Number(row.lastPosition),
    lastSequence: Number(row.lastSequence),
    lastHash: String(row.lastHash),
    rowCounts: JSON.parse(String(row.rowCounts)) as RowCounts,
    customerNames: new Map(names),
  };
}

/** Stores where the locked heads have moved to, with one statement. */
export async function storeHeads(tx: Writes, heads: ReadonlyMap<string, Head>): Promise<void> {
  const each = (valueOf: (head: Head) => SqlValue) => [...heads].flatMap(([id, head]) => [id, valueOf(head)]);
  const cases = `CASE organizationId ${"WHEN ? THEN ? ".repeat(heads.size)}END`;
  const organizationIds = [...heads.keys()];
  await tx.execute(
    `UPDATE organization_head SET lastPosition = ${cases}, lastSequence = ${cases}, lastHash = ${cases},
       rowCounts = ${cases} WHERE organizationId IN (${placesFor(organizationIds)})`,
    [
      ...each(({ lastPosition }) => lastPosition),
      ...each(({ lastSequence }) => lastSequence),
      ...each(({ lastHash }) => lastHash),
      ...each(({ rowCounts }) => JSON.stringify(rowCounts)),
      ...organizationIds,
    ],
  );
}

function placesFor(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}

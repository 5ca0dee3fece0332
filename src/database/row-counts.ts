import { ActivityResource } from "../../entities/audit/activity-record";
import type { RowCounts } from "../../entities/events/organization-head";
import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Permission } from "../access/permissions";
import type { RowChange } from "../audit/audited-rows";
import type { UseCaseContext } from "../context/use-case-context";
import type { Reads } from "./reads";

/** The kinds of rows that are counted, and by which columns an organization has one: the sides that may list it. */
export const countedRows = {
  [ActivityResource.RELATIONSHIP]: ["partnerId", "customerId"],
  [ActivityResource.SUBSCRIPTION]: ["partnerId", "resellerId", "customerId"],
  [ActivityResource.INVITATION]: ["partnerId", "providerId", "customerId"],
} as const;

/** One of them. */
export type CountedRow = keyof typeof countedRows;

type StoredRow = Record<string, string | null>;

/** How the counts of organizations move by what a transaction changed; what cancels out is left out. */
export function countMoves(changes: readonly RowChange[]): Map<string, RowCounts> {
  const moves = new Map<string, RowCounts>();
  const move = (kind: CountedRow, row: object, by: number) => {
    const { status, ...columns } = row as StoredRow;
    const name = nameOf(kind, String(status));
    for (const organizationId of new Set(countedRows[kind].map((side) => columns[side] ?? ""))) {
      if (organizationId === "") continue;
      const counts = moves.get(organizationId) ?? {};
      moves.set(organizationId, { ...counts, [name]: (counts[name] ?? 0) + by });
    }
  };
  for (const { audit, before, after } of changes) {
    if (!isCounted(audit.resource)) continue;
    if (before) move(audit.resource, before, -1);
    move(audit.resource, after, 1);
  }
  for (const [organizationId, counts] of moves) {
    const moved = Object.entries(counts).filter(([, by]) => by !== 0);
    if (moved.length > 0) moves.set(organizationId, Object.fromEntries(moved));
    else moves.delete(organizationId);
  }
  return moves;
}

/** Moves the counts of locked heads on. */
export function addMoves(
  heads: ReadonlyMap<string, { rowCounts: RowCounts }>,
  moves: ReadonlyMap<string, RowCounts>,
): void {
  for (const [organizationId, counts] of moves) {
    const head = heads.get(organizationId);
    if (!head) throw new Error(`${organizationId} has no head`);
    for (const [name, by] of Object.entries(counts)) head.rowCounts[name] = (head.rowCounts[name] ?? 0) + by;
  }
}

/** Which of the actor's organization's rows a whole list has: those of one kind, of one status where one is named. */
export interface WholeList {
  kind: CountedRow;
  status?: string | null;
  /** Without it the actor sees none. */
  permission: Permission;
}

/**
 * Counts a list when it is asked to: a whole list of an organization by the count that is kept, at the cost of one row; any
 * other one (`whole` is absent), or that of an actor without an organization, by the query.
 */
export function counting(
  ctx: Pick<UseCaseContext, "actor" | "read">,
  whole: WholeList | undefined,
  query: (reads: Reads) => Promise<number | null>,
): () => Promise<number | null> {
  const organizationId = whole && readableOrganization(ctx.actor, whole.permission);
  if (!whole || organizationId === undefined) return () => ctx.read(query);
  return () => ctx.read((reads) => keptCount(reads, organizationId, whole));
}

function readableOrganization(actor: Actor, permission: Permission): string | undefined {
  return mayUse(actor, permission) ? organizationOf(actor) : undefined;
}

async function keptCount(reads: Reads, organizationId: string, { kind, status }: WholeList): Promise<number> {
  const [row] = await reads.rows<{ rowCounts: string }>(
    "SELECT rowCounts FROM organization_head WHERE organizationId = ?",
    [organizationId],
  );
  const counts = JSON.parse(row?.rowCounts ?? "{}") as RowCounts;
  if (status) return counts[nameOf(kind, status)] ?? 0;
  const ofKind = Object.entries(counts).filter(([name]) => name.startsWith(nameOf(kind, "")));
  return ofKind.reduce((sum, [, count]) => sum + count, 0);
}

function isCounted(resource: ActivityResource): resource is CountedRow {
  return resource in countedRows;
}

/** The name of a count; with an empty status what the names of a kind begin with. */
export function nameOf(kind: CountedRow, status: string): string {
  return `${kind} ${status}`;
}

import type { ActivityResource } from "../../entities/activity/activity-record";
import type { RowCounts } from "../../entities/events/organization-head";
import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Permission } from "../access/permissions";
import type { AuditedRow, RowChange } from "../activity/audited-rows";
import type { UseCaseContext } from "./use-case-context";
import type { Reads } from "../database/reads";

type StoredRow = Record<string, string | null>;

/** How the counts of organizations move by what a transaction changed; what cancels out is left out. */
export function counterDeltas(changes: readonly RowChange[]): Map<string, RowCounts> {
  const moves = new Map<string, RowCounts>();
  const move = ({ resource, countedBy = [] }: AuditedRow, row: object, by: number) => {
    const { status, ...columns } = row as StoredRow;
    const name = nameOf(resource, String(status));
    for (const organizationId of new Set(countedBy.map((column) => columns[column] ?? ""))) {
      if (organizationId === "") continue;
      const counts = moves.get(organizationId) ?? {};
      moves.set(organizationId, { ...counts, [name]: (counts[name] ?? 0) + by });
    }
  };
  for (const { audit, before, after } of changes) {
    if (!audit.countedBy) continue;
    if (before) move(audit, before, -1);
    move(audit, after, 1);
  }
  for (const [organizationId, counts] of moves) {
    const moved = Object.entries(counts).filter(([, by]) => by !== 0);
    if (moved.length > 0) moves.set(organizationId, Object.fromEntries(moved));
    else moves.delete(organizationId);
  }
  return moves;
}

/** Moves the counts of locked heads on. */
export function applyDeltas(
  heads: ReadonlyMap<string, { rowCounts: RowCounts }>,
  moves: ReadonlyMap<string, RowCounts>,
): void {
  for (const [organizationId, counts] of moves) {
    const head = heads.get(organizationId);
    if (!head) throw new Error(`${organizationId} has no head`);
    for (const [name, by] of Object.entries(counts)) head.rowCounts[name] = (head.rowCounts[name] ?? 0) + by;
  }
}

/** A list whose length is kept: all rows of one kind that the actor's organization may list, of one status where one is named. */
export interface CountedList {
  kind: ActivityResource;
  status?: string | null;
  /** Without it the actor sees none. */
  permission: Permission;
}

/**
 * Reads the length of a list from the count that is kept, at the cost of one row. Undefined for an actor that has no
 * organization or lacks the permission: its list has to be counted.
 */
export function cachedCount(
  ctx: Pick<UseCaseContext, "actor" | "read">,
  list: CountedList,
): (() => Promise<number>) | undefined {
  const organizationId = readableOrganization(ctx.actor, list.permission);
  return organizationId === undefined
    ? undefined
    : () => ctx.read((reads) => keptCount(reads, organizationId, list));
}

function readableOrganization(actor: Actor, permission: Permission): string | undefined {
  return mayUse(actor, permission) ? organizationOf(actor) : undefined;
}

async function keptCount(
  reads: Reads,
  organizationId: string,
  { kind, status }: CountedList,
): Promise<number> {
  const [row] = await reads.rows<{ rowCounts: string }>(
    "SELECT rowCounts FROM organization_head WHERE organizationId = ?",
    [organizationId],
  );
  const counts = JSON.parse(row?.rowCounts ?? "{}") as RowCounts;
  if (status) return counts[nameOf(kind, status)] ?? 0;
  const ofKind = Object.entries(counts).filter(([name]) => name.startsWith(nameOf(kind, "")));
  return ofKind.reduce((sum, [, count]) => sum + count, 0);
}

/** The name of a count; with an empty status what the names of a kind begin with. */
export function nameOf(kind: ActivityResource, status: string): string {
  return `${kind} ${status}`;
}

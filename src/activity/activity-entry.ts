import {
  type ActivityRecord,
  ActivityOutcome,
  ActivityResource,
} from "../../entities/activity/activity-record";
import type { Customer } from "../../entities/customers/customer";
import { type Actor, organizationOf } from "../access/actor";
import type { RowChange } from "./audited-rows";
import { canonicalJson } from "./activity-chain";

/** On whose behalf a transaction changed rows, and what it was called. */
export interface AuditContext {
  actor: Actor;
  operation: string;
  requestId: string;
}

/** An attempt that was refused, and what it was about as far as its input named it. Nothing is looked up. */
export type RefusedAttempt = Pick<ActivityRecord, "resourceType" | "resourceId" | "customerId"> & {
  errorCode: string;
};

/** A record before it has its place in one organization's log. */
export type ActivityEntry = Pick<
  ActivityRecord,
  | "organizationId"
  | "outcome"
  | "errorCode"
  | "resourceType"
  | "resourceId"
  | "customerId"
  | "oldValues"
  | "newValues"
> & {
  /** Whether the log gives the customer's name, or only the id that somebody wrote down. */
  namesCustomer: boolean;
};

/**
 * What a transaction's changes and refusals are in the logs of the organizations they concern: one entry for each
 * changed row and organization, with the changed values only where that organization owns the row.
 */
export function entriesOf(
  changes: readonly RowChange[],
  refused: readonly RefusedAttempt[],
  acting: string | undefined,
): ActivityEntry[] {
  const succeeded = onePerRow(changes).flatMap((change) => entriesOfChange(change, acting));
  if (acting === undefined) return succeeded;
  const none = { oldValues: null, newValues: null, namesCustomer: false };
  const outcome = ActivityOutcome.REFUSED;
  return [
    ...succeeded,
    ...refused.map((attempt) => ({ organizationId: acting, outcome, ...none, ...attempt })),
  ];
}

/** The organization that acts: the actor's own, or for somebody who just made one known, that one. */
export function actingOrganization(actor: Actor, changes: readonly RowChange[]): string | undefined {
  if (actor.kind !== "PROSPECT") return organizationOf(actor);
  const made = changes.find(
    ({ audit, before, after }) =>
      audit.resource === ActivityResource.CUSTOMER &&
      !before &&
      (after as Customer).tenantId === actor.tenantId,
  );
  return made?.after.id;
}

/** Who an actor is in words, for its own organization. */
export function activityActorName(actor: Actor): string {
  if (actor.kind === "SYSTEM") return "system";
  return "email" in actor && actor.email ? actor.email : actor.displayName;
}

function onePerRow(changes: readonly RowChange[]): RowChange[] {
  const rows = new Map<string, RowChange>();
  for (const change of changes) {
    const first = rows.get(change.after.id);
    rows.set(change.after.id, first ? { ...change, before: first.before } : change);
  }
  return [...rows.values()];
}

function entriesOfChange({ audit, before, after }: RowChange, acting: string | undefined): ActivityEntry[] {
  const owners = audit.owners(after, acting);
  const told = [...owners, acting, ...(audit.notifies?.(before, after) ?? [])];
  const organizationIds = [...new Set(told.filter((id): id is string => typeof id === "string"))];
  const values = changedValues(audit.columns, before, after);
  return organizationIds.map((organizationId) => ({
    organizationId,
    outcome: ActivityOutcome.SUCCEEDED,
    errorCode: null,
    resourceType: audit.resource,
    resourceId: after.id,
    customerId: audit.customerId(after),
    namesCustomer: true,
    ...(owners.includes(organizationId) ? values : { oldValues: null, newValues: null }),
  }));
}

function isSame(was: unknown, is: unknown): boolean {
  if (was === is) return true;
  const areLists = was !== null && is !== null && typeof was === "object" && typeof is === "object";
  return areLists && canonicalJson(was) === canonicalJson(is);
}

/** Only what changed; null where nothing did that is written down, and for what a new row was before. */
function changedValues(
  columns: readonly string[],
  before: object | null,
  after: object,
): Pick<ActivityRecord, "oldValues" | "newValues"> {
  const was = before as Record<string, unknown> | null;
  const is = after as Record<string, unknown>;
  const changed = columns.filter((column) => !was || !isSame(was[column], is[column]));
  const pick = (row: Record<string, unknown>) =>
    Object.fromEntries(changed.map((column) => [column, row[column] ?? null]));
  if (changed.length === 0) return { oldValues: null, newValues: null };
  return { oldValues: was && pick(was), newValues: pick(is) };
}

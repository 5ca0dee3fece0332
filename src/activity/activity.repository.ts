import { ActivityRecord } from "../../entities/activity/activity-record";
import { organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { Caller } from "../access/grant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { type KeysetOrder, mapPage, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import { grantsOf, inScope, isGranted, OF_ORGANIZATION, scopeOf } from "../database/scope";
import { and, beginsWith, byIndex, limit as limited, name, type Sql, sql } from "../database/sql";
import { generalErrors } from "../errors/general.errors";
import type { CheckedFilter } from "./activity-filter";
import { type VisibleRecord, visibleRecord } from "./visible-record";

const NEWEST_FIRST: KeysetOrder = {
  name: "activity",
  column: "occurredAt",
  id: "id",
  direction: "DESC",
};

const SCOPED = { ...OF_ORGANIZATION, about: "customerId" };

/** The activity records that a caller may see: those of its own organization's log. */
export function activityVisibleTo(caller: Caller, hint = sql``): Sql {
  const isVisible = inScope(scopeOf(caller, "activity.read"), SCOPED, sql`activity_record`);
  return sql`FROM activity_record ${hint} WHERE ${isVisible}`;
}

/** A filter of which the customers' names that `companyNameKey` begins were looked up. */
export interface ResolvedFilter extends Omit<CheckedFilter, "companyNameKey"> {
  /** At most MAX_NAMES keys; absent where no name is asked for. */
  customerNameKeys?: readonly string[];
}

/** The customers' names that one search may stand for. */
const MAX_NAMES = 20;

/**
 * Looks up which customers' names in the actor's log begin with what is searched for, each with one step in an index.
 * @throws FIELD_INVALID more than MAX_NAMES do
 */
export async function resolveNames(
  ctx: UseCaseContext,
  { companyNameKey, ...filter }: CheckedFilter,
): Promise<ResolvedFilter> {
  if (companyNameKey === undefined) return filter;
  const beginning = beginsWith(name("customerNameKey"), companyNameKey);
  const begun = and(activityVisibleTo(ctx, byIndex(indexOf("customerName"))), beginning);
  const keys: string[] = [];
  return ctx.read(async (reads) => {
    while (keys.length <= MAX_NAMES) {
      const last = keys[keys.length - 1];
      const next = and(begun, last !== undefined && sql`customerNameKey > ${last}`);
      const [row] = await reads.rows<{ customerNameKey: string }>(
        sql`SELECT customerNameKey AS customerNameKey ${next} ORDER BY customerNameKey${limited(1)}`,
      );
      if (!row) return { ...filter, customerNameKeys: keys };
      keys.push(row.customerNameKey);
    }
    throw tooManyNames();
  });
}

function tooManyNames() {
  return generalErrors.FIELD_INVALID(
    `companyName begins the names of more than ${MAX_NAMES} customers in your log. Give more letters, or filter by customerId.`,
    { field: "companyName", details: { maximum: MAX_NAMES } },
  );
}

/**
 * One page of the records that the actor may see, as it may see them, newest first. One condition is one range of an index, a name one for each
 * customer; of several, the first one is, and the others are looked at row by row.
 */
export async function pageOfActivity(
  ctx: UseCaseContext,
  filter: ResolvedFilter,
  page: PageRequest,
): Promise<Page<VisibleRecord>> {
  const { actor } = ctx;
  const found = await readPage(ctx, ActivityRecord, rangesOf(ctx, filter), NEWEST_FIRST, {
    page,
    rest: restOf(filter),
    keyOf: (row) => [row.occurredAt, row.id],
    within: sql`activity_record.organizationId = ${organizationOf(actor) ?? ""}`,
  });
  const { auditedRows } = ctx.contributions;
  const see = (row: ActivityRecord) =>
    visibleRecord(auditedRows, row, (permission) => mayUse(actor, permission));
  const before = await recordsBefore(ctx, found.nodes);
  const isLimited = grantsOf(scopeOf(ctx, "activity.read")) !== undefined;
  return mapPage(found, (row) => {
    const previous = before.get(row.sequence - 1);
    // The hash of a record that the reader may not see would let it try what that record says.
    const isHidden = previous ? see(previous).maskedFields.length > 0 : isLimited && row.sequence > 1;
    return { ...see(row), ...(isHidden && { previousHash: null }) };
  });
}

/** The record before each of these in their log, by its sequence: those of the page itself, and the others in one statement. */
async function recordsBefore(
  ctx: UseCaseContext,
  rows: readonly ActivityRecord[],
): Promise<Map<number, ActivityRecord>> {
  const known = new Map(rows.map((row) => [row.sequence, row]));
  const missing = rows.map(({ sequence }) => sequence - 1).filter((one) => one > 0 && !known.has(one));
  if (missing.length === 0) return known;
  const organizationId = organizationOf(ctx.actor) ?? "";
  const grants = grantsOf(scopeOf(ctx, "activity.read"));
  const others = await ctx.read((reads) =>
    reads.all(
      ActivityRecord,
      and(
        sql`FROM activity_record WHERE organizationId = ${organizationId} AND sequence IN ${missing}`,
        grants && isGranted(sql`activity_record.customerId`, grants),
      ),
    ),
  );
  for (const row of others) known.set(row.sequence, row);
  return known;
}

/** What a filter can ask for, what narrows most first, and the column that says it. */
const COLUMNS = {
  customerId: "customerId",
  customerName: "customerNameKey",
  actorId: "actorId",
  operation: "operation",
  resourceType: "resourceType",
  outcome: "outcome",
} as const;
type Condition = keyof typeof COLUMNS;
const CONDITIONS = Object.keys(COLUMNS) as Condition[];

const INDEXES: Record<Condition, string> = {
  customerId: "activity_by_customer_id",
  customerName: "activity_by_customer_name",
  actorId: "activity_by_actor_id",
  operation: "activity_by_operation",
  resourceType: "activity_by_resource_type",
  outcome: "activity_by_outcome",
};

function indexOf(condition: Condition | undefined): string {
  return condition ? INDEXES[condition] : "activity_by_occurred_at";
}

/** The values of which a record has one, for each condition of a filter. */
function valuesOf({ customerNameKeys, userId, ...equal }: ResolvedFilter): Map<Condition, readonly string[]> {
  const one = (value: string | null | undefined) => (value ? [value] : undefined);
  const all: Record<Condition, readonly string[] | undefined> = {
    customerId: one(equal.customerId),
    customerName: customerNameKeys,
    actorId: one(userId),
    operation: one(equal.operation?.trim()),
    resourceType: one(equal.resourceType),
    outcome: one(equal.outcome),
  };
  const given = CONDITIONS.flatMap((name): [Condition, readonly string[]][] => {
    const values = all[name];
    return values ? [[name, values]] : [];
  });
  return new Map(given);
}

function rangesOf(caller: Caller, filter: ResolvedFilter): [Sql, ...Sql[]] {
  const [[condition, values] = [undefined, []]] = valuesOf(filter);
  const { from, to } = filter;
  const grants = grantsOf(scopeOf(caller, "activity.read"));
  const timely = and(
    activityVisibleTo(caller, byIndex(grants && !condition ? indexOf("customerId") : indexOf(condition))),
    sql`occurredAt >= ${from}`,
    to && sql`occurredAt < ${to}`,
  );
  if (condition === undefined) return [timely];
  const [first, ...others] = values.map((value) => and(timely, sql`${name(COLUMNS[condition])} = ${value}`));
  return [first ?? and(timely, sql`1 = 0`), ...others];
}

/** All conditions but the first; `+` keeps SQLite from their indexes. */
function restOf(filter: ResolvedFilter): Sql | undefined {
  const [, ...rest] = valuesOf(filter);
  const [first, ...others] = rest.map(([name_, values]) => sql`+${name(COLUMNS[name_])} IN ${values}`);
  return first && and(first, ...others);
}

/** A record as the database has it: what somebody wrote into it by hand may be of any form. */
export type StoredRecord = Record<keyof ActivityRecord, string | number | null> & { organizationId: string };

/** Records of one organization in the order of their numbers, after one of them and up to another. */
export function readRecords(
  reads: Reads,
  organizationId: string,
  { after, limit }: { after: number | undefined; limit: number },
): Promise<StoredRecord[]> {
  const beyond = after !== undefined && sql`sequence > ${after}`;
  const found = and(sql`SELECT * FROM activity_record WHERE organizationId = ${organizationId}`, beyond);
  return reads.rows(sql`${found} ORDER BY sequence${limited(limit)}`);
}

/** The ids of organizations that have a log, in order, after one of them; also those whose head somebody removed. */
export async function readLogOwners(reads: Reads, after: string, limit: number): Promise<string[]> {
  const rows = await reads.rows<{ organizationId: string }>(
    `SELECT organizationId FROM organization_head WHERE organizationId > ?
     UNION SELECT organizationId FROM activity_record WHERE organizationId > ?
     ORDER BY organizationId LIMIT ${limit}`,
    [after, after],
  );
  return rows.map(({ organizationId }) => organizationId);
}

/** Whether anything is there of an organization's log, be it what somebody left of it. */
export async function hasLog(reads: Reads, organizationId: string): Promise<boolean> {
  const rows = await reads.rows(
    `SELECT organizationId FROM organization_head WHERE organizationId = ?
     UNION ALL SELECT organizationId FROM activity_record WHERE organizationId = ? LIMIT 1`,
    [organizationId, organizationId],
  );
  return rows.length > 0;
}

/** Where an organization's log ends, as its head says; nothing when there is no head. */
export async function readLogEnd(
  reads: Reads,
  organizationId: string,
): Promise<{ sequence: number; hash: string } | undefined> {
  const [row] = await reads.rows<{ lastSequence: string | number; lastHash: string }>(
    "SELECT lastSequence, lastHash FROM organization_head WHERE organizationId = ?",
    [organizationId],
  );
  return row && { sequence: Number(row.lastSequence), hash: row.lastHash };
}

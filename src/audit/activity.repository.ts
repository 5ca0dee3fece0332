import { ActivityRecord } from "../../entities/audit/activity-record";
import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { type KeysetOrder, type Page, type PageRequest, readPage } from "../database/paging";
import type { Reads } from "../database/reads";
import { and, limit as limited, type Sql, sql } from "../database/sql";
import type { CheckedFilter } from "./activity-filter";

const NEWEST_FIRST: KeysetOrder = {
  name: "activity",
  column: "occurredAt",
  id: "id",
  direction: "DESC",
};

/** The activity records that an actor may see: those of its own organization's log. */
export function activityVisibleTo(actor: Actor): Sql {
  if (actor.kind === "SYSTEM") return sql`FROM activity_record WHERE 1 = 1`;
  if (!mayUse(actor, "activity.read")) return sql`FROM activity_record WHERE 1 = 0`;
  return sql`FROM activity_record WHERE organizationId = ${organizationOf(actor) ?? ""}`;
}

/** One page of the records that the actor may see, newest first. Every filter is one range of an index. */
export function pageOfActivity(
  ctx: UseCaseContext,
  filter: CheckedFilter,
  page: PageRequest,
): Promise<Page<ActivityRecord>> {
  const found = filtered(activityVisibleTo(ctx.actor), filter);
  return readPage(ctx, ActivityRecord, found, NEWEST_FIRST, {
    page,
    keyOf: (row) => [row.occurredAt, row.id],
  });
}

function filtered(select: Sql, { from, to, companyNameKey, userId, ...equal }: CheckedFilter): Sql {
  return and(
    select,
    sql`occurredAt >= ${from}`,
    to && sql`occurredAt < ${to}`,
    // Not LIKE: its wildcards would have to be escaped, on each database in its own way.
    companyNameKey && sql`INSTR(customerNameKey, ${companyNameKey}) > 0`,
    userId && sql`actorId = ${userId}`,
    equal.customerId && sql`customerId = ${equal.customerId}`,
    equal.resourceType && sql`resourceType = ${equal.resourceType}`,
    equal.operation && sql`operation = ${equal.operation}`,
    equal.outcome && sql`outcome = ${equal.outcome}`,
  );
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

import type { SelectQueryBuilder } from "typeorm";
import { ActivityRecord } from "../../entities/audit/activity-record";
import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { keyset, type KeysetOrder, type Page, pageOf, type PageRequest } from "../database/paging";
import type { Reads } from "../database/reads";
import type { CheckedFilter } from "./activity-filter";

const NEWEST_FIRST: KeysetOrder = {
  name: "activity",
  column: "activity.occurredAt",
  id: "activity.id",
  direction: "DESC",
};

/** The activity records that an actor may see: those of its own organization's log. */
export function activityVisibleTo(actor: Actor, reads: Reads): SelectQueryBuilder<ActivityRecord> {
  const select = reads.from(ActivityRecord, "activity");
  if (actor.kind === "SYSTEM") return select;
  if (!mayUse(actor, "activity.read")) return select.where("1 = 0");
  return select.where("activity.organizationId = :me", { me: organizationOf(actor) ?? "" });
}

/** One page of the records that the actor may see, newest first. Every filter is one range of an index. */
export async function pageOfActivity(
  ctx: UseCaseContext,
  filter: CheckedFilter,
  page: PageRequest,
): Promise<Page<ActivityRecord>> {
  const filtered = (reads: Reads) => applyFilter(activityVisibleTo(ctx.actor, reads), filter);
  const rows = await ctx.read((reads) => keyset(filtered(reads), NEWEST_FIRST, page).getMany());
  const count = () => ctx.read((reads) => filtered(reads).getCount());
  return pageOf(rows, NEWEST_FIRST, page, (row) => [row.occurredAt, row.id], count);
}

function applyFilter(
  select: SelectQueryBuilder<ActivityRecord>,
  { from, to, companyNameKey, userId, ...equal }: CheckedFilter,
): SelectQueryBuilder<ActivityRecord> {
  select.andWhere("activity.occurredAt >= :from", { from });
  if (to) select.andWhere("activity.occurredAt < :to", { to });
  // Not LIKE: its wildcards would have to be escaped, on each database in its own way.
  if (companyNameKey)
    select.andWhere("INSTR(activity.customerNameKey, :companyNameKey) > 0", { companyNameKey });
  if (userId) select.andWhere("activity.actorId = :userId", { userId });
  for (const column of ["customerId", "resourceType", "operation", "outcome"] as const) {
    if (equal[column]) select.andWhere(`activity.${column} = :${column}`, { [column]: equal[column] });
  }
  return select;
}

/** A record as the database has it: what somebody wrote into it by hand may be of any form. */
export type StoredRecord = Record<keyof ActivityRecord, string | number | null> & { organizationId: string };

/** Records of one organization in the order of their numbers, after one of them and up to another. */
export function readRecords(
  reads: Reads,
  organizationId: string,
  { after, limit }: { after: number | undefined; limit: number },
): Promise<StoredRecord[]> {
  const beyond = after === undefined ? "" : " AND sequence > ?";
  return reads.rows(
    `SELECT * FROM activity_record WHERE organizationId = ?${beyond} ORDER BY sequence LIMIT ${limit}`,
    [organizationId, ...(after === undefined ? [] : [after])],
  );
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

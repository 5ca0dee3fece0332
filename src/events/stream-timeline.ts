import { randomBytes } from "node:crypto";
import { OrganizationHead } from "../../entities/events/organization-head";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Reads } from "../database/reads";
import { type Sql, sql } from "../database/sql";
import type { Writes } from "../database/writes";
import { CursorAhead, fromBeforeRestore, type StreamEnds } from "./event-cursor";
import { readCurrentEndsOf } from "./event-log";

/** 128 random bits in base64url. */
const TIMELINE_BYTES = 16;

/** Streams whose timeline one transaction renews: their heads are locked meanwhile. */
const STREAMS_AT_ONCE = 500;

type TimelineContext = Pick<UseCaseContext, "read" | "transaction" | "log">;

/**
 * Gives every stream a new timeline, after the database was restored from an older copy: from then on no cursor from before is
 * taken. Servers may run meanwhile; their listeners are told within a second. May be run again where it broke off.
 * @returns how many streams there are
 */
export async function renewTimelines(ctx: Pick<TimelineContext, "read" | "transaction">): Promise<number> {
  const timeline = newTimeline();
  let renewed = 0;
  for (let last = ""; ;) {
    const organizationIds = await ctx.read((reads) => streamsAfter(reads, last));
    if (organizationIds.length > 0)
      await ctx.transaction((tx) => renew(tx, timeline, sql`organizationId IN ${organizationIds}`));
    renewed += organizationIds.length;
    if (organizationIds.length < STREAMS_AT_ONCE) return renewed;
    last = organizationIds[organizationIds.length - 1] ?? last;
  }
}

/**
 * Finds out why a stream is behind a place that it gave out. Where only this node lagged the place is good, and the ends of the
 * stream as they really are come back. Otherwise the database was set back to an older copy: the stream gets a new timeline, so
 * that no cursor from before can become valid again when the stream has grown, and the operator is told in the log.
 * @throws EVENTS_CURSOR_AHEAD the stream was set back; it has a new timeline now
 * @throws EVENTS_CURSOR_FROM_BEFORE_RESTORE somebody else has noticed that already
 */
export async function settleAhead(ctx: TimelineContext, ahead: CursorAhead): Promise<StreamEnds> {
  const { organizationId, position } = ahead;
  const { timeline } = ahead.ends;
  const current = await ctx.read((reads) => readCurrentEndsOf(reads, organizationId));
  if (current.timeline !== timeline) throw fromBeforeRestore(organizationId, current, "after");
  if (position <= current.lastPosition) return current;
  const next = newTimeline();
  const isBehind = sql`organizationId = ${organizationId} AND timeline = ${timeline} AND lastPosition < ${position}`;
  const renewed = await ctx.transaction((tx) => renew(tx, next, isBehind));
  if (renewed === 0) {
    const latest = await ctx.read((reads) => readCurrentEndsOf(reads, organizationId));
    if (latest.timeline !== timeline) throw fromBeforeRestore(organizationId, latest, "after");
    if (position <= latest.lastPosition) return latest;
    throw new CursorAhead(organizationId, position, latest);
  }
  ctx.log?.error(
    { organizationId, position, lastPosition: current.lastPosition },
    "an event stream is behind a cursor that it gave out: the database was set back to an older copy. Its earlier cursors are " +
      "refused from now on. If this was a restore, run `partnergraph restored`, which does so for all organizations",
  );
  throw new CursorAhead(organizationId, position, { ...current, timeline: next });
}

/**
 * Runs work that goes by a cursor of an organization's stream. Where the stream seems to be behind the cursor, finds out why; if
 * only this node lagged, the work runs again with the ends of the stream as they really are.
 * @throws what the work throws, and what `settleAhead` throws
 */
export async function settlingCursors<T>(
  ctx: TimelineContext,
  work: (current?: StreamEnds) => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CursorAhead)) throw error;
    return work(await settleAhead(ctx, error));
  }
}

function newTimeline(): string {
  return randomBytes(TIMELINE_BYTES).toString("base64url");
}

function renew(tx: Writes, timeline: string, condition: Sql): Promise<number> {
  return tx.change(OrganizationHead, { timeline, restoredAt: tx.now }, condition);
}

async function streamsAfter(reads: Reads, last: string): Promise<string[]> {
  const rows = await reads.rows<{ organizationId: string }>(
    `SELECT organizationId FROM organization_head WHERE organizationId > ? ORDER BY organizationId LIMIT ${STREAMS_AT_ONCE}`,
    [last],
  );
  return rows.map(({ organizationId }) => organizationId);
}

import { OrganizationHead } from "../../entities/events/organization-head";
import { daysAfter, type Instant } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { sql } from "../database/sql";

/** The most events that one transaction forgets: while it lasts the organization's writers wait. */
const AT_ONCE = 1_000;

/** How many streams are looked at with one statement. */
const STREAMS_AT_ONCE = 1_000;

/**
 * Forgets the events that are older than a number of days, each stream's oldest first, until none is left or the signal
 * says stop. What one transaction deletes it also notes in the stream's head, so no reader ever meets an unnoted gap.
 * Several nodes may do it at once.
 */
export async function forgetOldEvents(
  ctx: UseCaseContext,
  retentionDays: number,
  signal?: AbortSignal,
): Promise<void> {
  const until = daysAfter(ctx.now(), -retentionDays);
  for (let passed = ""; ;) {
    const streams = await oldestEvents(ctx, passed);
    for (const { organizationId, oldestAt } of streams) {
      if (oldestAt !== null && oldestAt <= until) await forgetInStream(ctx, organizationId, until, signal);
      if (signal?.aborted) return;
    }
    passed = streams[streams.length - 1]?.organizationId ?? passed;
    if (streams.length < STREAMS_AT_ONCE) return;
  }
}

/** When the oldest event of each of the next streams happened: one look-up by key a stream, and no index more to write. */
function oldestEvents(
  ctx: UseCaseContext,
  passed: string,
): Promise<{ organizationId: string; oldestAt: Instant | null }[]> {
  return ctx.read((reads) =>
    reads.rows(
      `SELECT head.organizationId AS organizationId, event.occurredAt AS oldestAt
       FROM (SELECT organizationId, forgottenPosition FROM organization_head WHERE organizationId > ?
             ORDER BY organizationId LIMIT ${STREAMS_AT_ONCE}) head
       LEFT JOIN event ON event.organizationId = head.organizationId AND event.position = head.forgottenPosition + 1
       ORDER BY head.organizationId`,
      [passed],
    ),
  );
}

async function forgetInStream(
  ctx: UseCaseContext,
  organizationId: string,
  until: Instant,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (!signal?.aborted) {
    const old = await oldEvents(ctx, organizationId, until);
    if (!old) return;
    const isOurs = await ctx.transaction(async (tx) => {
      // The head first, as a commit that adds events does: so the two never wait for each other both ways.
      const moved = await tx.change(
        OrganizationHead,
        { forgottenPosition: old.to },
        sql`organizationId = ${organizationId} AND forgottenPosition = ${old.from}`,
      );
      if (moved === 0) return false;
      await tx.execute(
        sql`DELETE FROM event WHERE organizationId = ${organizationId} AND position > ${old.from} AND position <= ${old.to}`,
      );
      return true;
    });
    // Another node is at this stream, and goes on until nothing is left.
    if (!isOurs) return;
  }
}

/** The next events to forget, as the positions behind which and up to which; nothing when the oldest is not old enough. */
async function oldEvents(
  ctx: UseCaseContext,
  organizationId: string,
  until: Instant,
): Promise<{ from: number; to: number } | undefined> {
  const rows = await ctx.read((reads) =>
    reads.rows<{ position: number | string; occurredAt: Instant }>(
      `SELECT event.position AS position, event.occurredAt AS occurredAt
       FROM organization_head head
       JOIN event ON event.organizationId = head.organizationId AND event.position > head.forgottenPosition
       WHERE head.organizationId = ? ORDER BY event.position LIMIT ${AT_ONCE}`,
      [organizationId],
    ),
  );
  // Clocks of nodes differ, so a younger event may lie before an older one: everything behind it waits with it.
  const young = rows.findIndex(({ occurredAt }) => occurredAt > until);
  const old = young < 0 ? rows : rows.slice(0, young);
  const [first, last] = [old[0], old[old.length - 1]];
  return first && last && { from: Number(first.position) - 1, to: Number(last.position) };
}

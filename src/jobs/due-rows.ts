import type { Instant } from "../context/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { DomainError } from "../errors/domain-error";
import type { Reads } from "../database/reads";
import { and, limit, name, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";

/** A row that time has something to do to. */
export interface DueRow {
  id: string;
  dueAt: Instant;
}

/** What time does by itself to one kind of rows. */
export interface ScheduledJob {
  /** Its name in the activity log. */
  operation: string;
  /** The rows that are due at an instant, in the order of `orderByDue`, at most `limit`. */
  find(reads: Reads, now: Instant, after: DueRow | undefined, limit: number): Promise<DueRow[]>;
  /**
   * Locks those of the rows that are still due and that nobody else is at, and takes each one step further. A row that
   * is due again after it is found again, later in the order.
   */
  process(tx: Transaction, ids: string[]): Promise<void>;
}

/** How a sweep goes. */
export interface SweepOptions {
  /** Told of each row that could not be settled; the others are. */
  onError: (error: unknown, rowId: string) => void;
  /** No further batch is begun when it is aborted. */
  signal?: AbortSignal;
  batchSize?: number;
}

const BATCH_SIZE = 50;

/**
 * Settles all rows that are due, those that waited longest first, a batch in a transaction. Any number of nodes may do it
 * at once: a row is settled by the one that locks it, and a crash leaves the rest due. Where a batch fails its rows
 * are settled one by one, so that neither a bad one nor one whose organization is locked keeps others waiting; it stays due for the next sweep.
 * A batch holds the locks of all its organizations while it waits for one: give it a context with a short deadline.
 * @throws SERVICE_UNAVAILABLE, and whatever else keeps the database from being asked at all
 */
export async function processDueRows(
  ctx: UseCaseContext,
  work: ScheduledJob,
  { onError, signal, batchSize = BATCH_SIZE }: SweepOptions,
): Promise<void> {
  const process = (ids: string[]) =>
    ctx.transaction((tx) => work.process(tx, ids), { operation: work.operation });
  for (let after: DueRow | undefined; !signal?.aborted;) {
    const due = await ctx.read((reads) => work.find(reads, ctx.now(), after, batchSize));
    if (due.length === 0) return;
    after = due[due.length - 1];
    const ids = due.map(({ id }) => id);
    try {
      await process(ids);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      for (const id of ids) await process([id]).catch((reason: unknown) => onError(reason, id));
    }
  }
}

/**
 * Reads the next rows that are due, in the order of an index of due time and id; `from` ends in its WHERE clause.
 */
export function orderByDue(
  reads: Reads,
  from: Sql,
  dueAtColumn: string,
  { now, after, most }: { now: Instant; after: DueRow | undefined; most: number },
): Promise<DueRow[]> {
  const dueAt = name(dueAtColumn);
  // The first comparison alone lets the index range start there; the second one breaks ties.
  const beyond = after && sql`${dueAt} >= ${after.dueAt} AND (${dueAt} > ${after.dueAt} OR id > ${after.id})`;
  const due = and(sql`SELECT id AS id, ${dueAt} AS dueAt ${from}`, sql`${dueAt} <= ${now}`, beyond);
  return reads.rows<DueRow>(sql`${due} ORDER BY ${dueAt}, id${limit(most)}`);
}

/** The database is away: one row more would not fare better. */
function isUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.code === "SERVICE_UNAVAILABLE";
}

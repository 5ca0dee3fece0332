import type { Instant } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { DomainError } from "../errors/domain-error";
import type { Reads } from "../database/reads";
import { and, limit, name, type Sql, sql } from "../database/sql";
import type { Transaction } from "../unit-of-work/transaction";
import type { ScheduledJob } from "./scheduled-job";

/** A row that time has something to do to. */
export interface DueRow {
  id: string;
  dueAt: Instant;
}

/** What time does by itself to one kind of rows. */
export interface DueRows {
  /** Its name in the activity log and everywhere else. */
  operation: string;
  /** What it does, in one sentence, for the operator. */
  does: string;
  /** The rows that are due at an instant, in the order of `orderByDue`, at most `limit`. */
  find(reads: Reads, now: Instant, after: DueRow | undefined, limit: number): Promise<DueRow[]>;
  /**
   * Locks those of the rows that are still due and that nobody else is at, and takes each one step further. A row that
   * is due again after it is found again, later in the order.
   */
  process(tx: Transaction, ids: string[]): Promise<void>;
}

/** How rows that are due are processed. */
export interface DueRowsOptions {
  /** Told of each row that could not be processed; the others are. */
  onError: (error: unknown, rowId: string) => void;
  /** No further batch is begun when it is aborted. */
  signal?: AbortSignal;
  batchSize?: number;
}

const BATCH_SIZE = 50;
const INTERVAL_MS = 30_000;

/**
 * How long each batch, and each row that is processed alone, waits, in milliseconds. A locked row is waited for a second, so there is one try:
 * meanwhile the others of a batch are locked too, and the next run comes soon.
 */
const MAX_WAIT_MS = 1_900;

/** The job that processes rows of one kind every half minute, as soon as they are due. */
export function dueRowsJob(dueRows: DueRows): ScheduledJob {
  return {
    name: dueRows.operation,
    does: dueRows.does,
    intervalMs: INTERVAL_MS,
    maxWaitMs: MAX_WAIT_MS,
    run: (ctx, { signal, onRowFailed }) => processDueRows(ctx, dueRows, { signal, onError: onRowFailed }),
  };
}

/**
 * Processes all rows that are due, those that waited longest first, a batch in a transaction. Any number of nodes may do it
 * at once: a row is processed by the one that locks it, and a crash leaves the rest due. Where a batch fails its rows
 * are processed one by one, so that neither a bad one nor one whose organization is locked keeps others waiting; it stays due for the next run.
 * A batch holds the locks of all its organizations while it waits for one: give it a context with a short deadline.
 * @throws SERVICE_UNAVAILABLE, and whatever else keeps the database from being asked at all
 */
export async function processDueRows(
  ctx: UseCaseContext,
  dueRows: DueRows,
  { onError, signal, batchSize = BATCH_SIZE }: DueRowsOptions,
): Promise<void> {
  const process = (ids: string[]) =>
    ctx.transaction((tx) => dueRows.process(tx, ids), { operation: dueRows.operation });
  for (let after: DueRow | undefined; !signal?.aborted;) {
    const due = await ctx.read((reads) => dueRows.find(reads, ctx.now(), after, batchSize));
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

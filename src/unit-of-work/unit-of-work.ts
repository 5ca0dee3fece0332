import { setTimeout as pause } from "node:timers/promises";
import { type Actor, callerKey, organizationOf } from "../access/actor";
import type { Deadline } from "../context/deadline";
import type { Clock } from "../values/instant";
import type { EventType } from "../events/event-map";
import { appendToLogs } from "./append-to-logs";
import type { Statements } from "../database/connection";
import type { Database } from "../database/database";
import { isDuplicate, isLockTimeout, meaningOf } from "../database/database-errors";
import { CrowdedHeads, type HeadTurn } from "../database/head-turns";
import { databaseRefusal } from "../database/database-refusal";
import type { Contributions } from "./contributions";
import { checkIdempotencyKey, type NamedCall, runOnce } from "./idempotency";
import { Transaction } from "../unit-of-work/transaction";

/** On whose behalf a unit of work runs. */
export interface Caller {
  actor: Actor;
  requestId: string;
  now: Clock;
  /** What the areas contribute: what the activity log tells of, among others. */
  contributions: Contributions;
  /** By when the whole request must be answered; when absent, each unit of work has its own bound. */
  deadline?: Deadline;
}

/** Told after commit which organizations have new events, and of which types; it may be lost. */
export type NotifyOrganizations = (organizationIds: string[], types: EventType[]) => void;

/** Most transactions that are undone succeed at the second try; a storm of deadlocks needs some more. */
const MAX_TRIES = 8;
/** A duplicate key that is not a race, and a connection that breaks again and again, are not mended by more tries. */
const MAX_TRIES_OF_OTHERS = 4;
/** The pause before the second try is up to this long, in milliseconds, and twice as long before each further one. */
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 320;
/** A try after a lock timeout will probably wait as long for that lock again. */
const LOCK_WAIT_MS = 1_000;

/**
 * Runs a use case's work in one transaction and writes both logs, events and activity, just before commit. When the
 * database undid the transaction (deadlock, conflict between nodes of a cluster, lock timeout, a race lost on a unique index) the work is called again
 * in a new one, until its deadline or eight times at most; so it may touch nothing but the database.
 * @throws FIELD_INVALID the call's idempotency key is empty, blank or too long
 * @throws SERVICE_BUSY no connection became free in time, or every try was undone
 * @throws SERVICE_UNAVAILABLE the database was lost at every try
 * @throws OUTCOME_UNKNOWN the connection was lost while committing
 */
export async function runUnitOfWork<T>(
  database: Database,
  notify: NotifyOrganizations,
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
  call?: NamedCall,
): Promise<T> {
  if (typeof call?.key === "string") checkIdempotencyKey(call.key);
  const deadline = caller.deadline ?? database.deadline();
  const organizationId = organizationOf(caller.actor);
  const attempt = () => tryUntilDone(database, notify, caller, { deadline, work, call });
  const { clusterTurns } = database;
  return clusterTurns && organizationId ? clusterTurns.run(organizationId, attempt, deadline) : attempt();
}

/** Runs the work until it is committed, or not worth another try. */
async function tryUntilDone<T>(
  database: Database,
  notify: NotifyOrganizations,
  caller: Caller,
  unit: Omit<Unit<T>, "turn">,
): Promise<T> {
  const { deadline } = unit;
  const turn = database.headTurns?.begin();
  for (let tries = 0; ;) {
    try {
      const { result, audience, types } = await tryOnce(database, caller, { ...unit, turn });
      if (audience.length > 0) notify(audience, types);
      return result;
    } catch (error) {
      if (turn && error instanceof CrowdedHeads) {
        await turn.wait(error, deadline);
        continue;
      }
      tries++;
      const pauseMs = Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** tries, MAX_PAUSE_MS);
      if (!mayTryAgain(error, tries, deadline.remainingMs - pauseMs)) throw refusalOf(error, deadline);
      database.listener.onRetry?.();
      await pause(pauseMs);
    }
  }
}

function mayTryAgain(error: unknown, tries: number, remainingMs: number): boolean {
  const { caller } = meaningOf(error);
  const isUndone = caller === "RETRY_BUSY";
  if (!isUndone && caller !== "RETRY_UNAVAILABLE" && !isDuplicate(error)) return false;
  if (tries >= (isUndone ? MAX_TRIES : MAX_TRIES_OF_OTHERS)) return false;
  return remainingMs > (isLockTimeout(error) ? LOCK_WAIT_MS : 0);
}

/** What the last try's error is told as. */
function refusalOf(error: unknown, deadline: Deadline): unknown {
  const { caller } = meaningOf(error);
  if (caller === "RETRY_BUSY") return deadline.busy("Others are changing the same things");
  if (caller === "BUSY") return deadline.busy("The database did not answer in time");
  // Of all others the log has to tell more.
  return caller === "RETRY_UNAVAILABLE" ? (databaseRefusal(error) ?? error) : error;
}

/** One unit of work, and by when it must be done. */
interface Unit<T> {
  deadline: Deadline;
  work: (tx: Transaction) => Promise<T>;
  call: NamedCall | undefined;
  /** Absent on SQLite, which has one transaction at a time. */
  turn: HeadTurn | undefined;
}

async function tryOnce<T>(
  database: Database,
  caller: Caller,
  { deadline, work, call, turn }: Unit<T>,
): Promise<{ result: T; audience: string[]; types: EventType[] }> {
  const inTransaction = async (connection: Statements) => {
    const tx = new Transaction(connection, database.maps, caller.now(), caller.contributions.auditedRows);
    const { actor, requestId } = caller;
    const { operation, key, input = {} } = call ?? {};
    const result =
      operation && key
        ? await runOnce(tx, callerKey(actor), { operation, key, input }, () => work(tx))
        : await work(tx);
    const audience = await appendToLogs(tx, { actor, operation, requestId }, (ids) => turn?.take(ids));
    return { result, audience, types: tx.recorded.map(({ type }) => type) };
  };
  try {
    return await database.transact(inTransaction, { organizationId: turnKey(caller.actor), deadline });
  } finally {
    turn?.end();
  }
}

/** Whose turn it is when work waits: the organization's, or of one that is not known yet its tenant's. */
export function turnKey(actor: Actor): string {
  if (actor.kind === "SYSTEM") return "";
  return organizationOf(actor) ?? actor.tenantId;
}

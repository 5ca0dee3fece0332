import { setTimeout as pause } from "node:timers/promises";
import { type Actor, callerKey, organizationOf } from "../access/actor";
import type { Clock } from "../context/instant";
import { generalErrors } from "../errors/general.errors";
import type { EventType } from "../events/event-map";
import { appendToLogs } from "./append-to-logs";
import type { Database } from "./database";
import { isDuplicate, isRetryable } from "./database-errors";
import { checkIdempotencyKey, type NamedCall, runOnce } from "./idempotency";
import { Transaction } from "./transaction";

/** On whose behalf a unit of work runs. */
export interface Caller {
  actor: Actor;
  requestId: string;
  now: Clock;
}

/** Told after commit which organizations have new events, and of which types; it may be lost. */
export type RingDoorbell = (organizationIds: string[], types: EventType[]) => void;

/** In any case the work is called again so often: after a lost race on a unique index the second call finds the row that won. */
const MIN_RETRIES = 3;
/** On a cluster two nodes that write the head of one stream at once undo one of the two: several times in a row where many write. */
const MAX_RETRIES = 7;
/** A further retry begins only this long after the first call, in milliseconds: the caller waits for an answer. */
const RETRY_WITHIN_MS = 2_000;
const FIRST_BACKOFF_MS = 40;
const MAX_BACKOFF_MS = 320;

/**
 * Runs a use case's work in one transaction and writes both logs, events and activity, just before commit. When the
 * database undid the transaction (deadlock, conflict between nodes of a cluster, lock timeout) the work is called again
 * in a new one, at most seven times within two seconds; after a race lost on a unique index at most three times. So it may
 * touch nothing but the database.
 * @throws FIELD_INVALID the call's idempotency key is empty, blank or too long
 * @throws SERVICE_BUSY no connection became free in time, or every try was undone
 * @throws OUTCOME_UNKNOWN the connection was lost while committing
 */
export async function runUnitOfWork<T>(
  database: Database,
  ring: RingDoorbell,
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
  call?: NamedCall,
): Promise<T> {
  if (typeof call?.key === "string") checkIdempotencyKey(call.key);
  const organizationId = organizationOf(caller.actor);
  const attempt = () => tryAgain(database, ring, caller, work, call);
  return database.turns && organizationId ? database.turns.run(organizationId, attempt) : attempt();
}

/** Runs the work until it is committed, or not worth another try. */
async function tryAgain<T>(
  database: Database,
  ring: RingDoorbell,
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
  call?: NamedCall,
): Promise<T> {
  const startedAt = performance.now();
  for (let retries = 0; ; retries++) {
    try {
      const { result, audience, types } = await tryOnce(database, caller, work, call);
      if (audience.length > 0) ring(audience, types);
      return result;
    } catch (error) {
      if (!isRetryable(error) && !isDuplicate(error)) throw error;
      const isInTime = performance.now() - startedAt < RETRY_WITHIN_MS && !isDuplicate(error);
      if (retries >= (isInTime ? MAX_RETRIES : MIN_RETRIES)) {
        if (isDuplicate(error)) throw error;
        throw generalErrors.SERVICE_BUSY(
          "Too many changes at the same place at once. Nothing was done; try again.",
          {
            details: { retryAfterSeconds: 1 },
          },
        );
      }
      database.listener.onRetry?.();
      await pause(Math.random() * Math.min(FIRST_BACKOFF_MS * 2 ** retries, MAX_BACKOFF_MS));
    }
  }
}

async function tryOnce<T>(
  database: Database,
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
  call?: NamedCall,
): Promise<{ result: T; audience: string[]; types: EventType[] }> {
  return database.transact(async (connection) => {
    const tx = new Transaction(connection, database.maps, caller.now());
    const { actor, requestId } = caller;
    const { operation, key, input = {} } = call ?? {};
    const result =
      operation && key
        ? await runOnce(tx, callerKey(actor), { operation, key, input }, () => work(tx))
        : await work(tx);
    const audience = await appendToLogs(tx, { actor, operation, requestId });
    return { result, audience, types: tx.recorded.map(({ type }) => type) };
  });
}

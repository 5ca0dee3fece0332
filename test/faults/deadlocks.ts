import { contributions } from "../../src/areas";
import { Partner } from "../../entities/partners/partner";
import { systemClock } from "../../src/values/instant";
import type { Database } from "../../src/database/database";
import { sql } from "../../src/database/sql";
import type { Transaction } from "../../src/unit-of-work/transaction";
import { runUnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { DomainError } from "../../src/errors/domain-error";
import { insertPartner } from "../database/rows";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import { same } from "./check-acceptances";
import { summary, type Summary } from "./statistics";

/** How much of it. */
export interface DeadlocksOptions {
  transactions: number;
  clients: number;
  /** Pairs of rows: the fewer, the more transactions meet. */
  pairs: number;
  /** Of a million, how many may be refused: 1,000. */
  refusedPerMillion: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface DeadlocksReport {
  succeeded: number;
  refused: number;
  /** How many transactions the database undid. */
  undone: number;
  triesPerTransaction: Summary;
  millisecondsPerTransaction: Summary;
}

/**
 * Transactions that lock two rows each, half of them in the opposite order, and count in both. Nearly all must succeed within their
 * tries; a refused one is SERVICE_BUSY; and both rows of each pair have counted exactly those that succeeded.
 */
export function stormOfDeadlocks(options: DeadlocksOptions): Promise<DeadlocksReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const pairs = await makePairs(faultEnvironment, options.pairs);
    const succeeded = pairs.map(() => 0);
    const [tries, times]: [number[], number[]] = [[], []];
    let [begun, refused] = [0, 0];
    const client = async (clientNumber: number) => {
      while (begun < options.transactions) {
        faultEnvironment.signal.throwIfAborted();
        const n = begun++;
        const at = n % pairs.length;
        const startedAt = performance.now();
        const outcome = await countInBoth(faultEnvironment.database, clientNumber, {
          ids: Math.random() < 0.5 ? [...(pairs[at] ?? [])].reverse() : (pairs[at] ?? []),
          onTry: () => (tries[n] = (tries[n] ?? 0) + 1),
        });
        times.push(performance.now() - startedAt);
        if (outcome === "done") succeeded[at] = (succeeded[at] ?? 0) + 1;
        else refused++;
      }
    };
    await Promise.all(Array.from({ length: options.clients }, (_, n) => client(n)));
    await checkPairs(faultEnvironment.database, pairs, succeeded);
    const done = succeeded.reduce((sum, count) => sum + count, 0);
    const report = {
      succeeded: done,
      refused,
      undone: tries.reduce((sum, count) => sum + count, 0) - done,
      triesPerTransaction: summary(tries),
      millisecondsPerTransaction: summary(times),
    };
    if (faultEnvironment.database.family === "mysql" && report.undone === 0)
      throw new Error(`no transaction was undone: ${JSON.stringify(report)}`);
    if (refused * 1_000_000 > options.refusedPerMillion * options.transactions)
      throw new Error(`too many were refused: ${JSON.stringify(report)}`);
    return report;
  });
}

async function makePairs({ transact }: FaultEnvironment, count: number): Promise<string[][]> {
  const make = () => transact(async (tx) => (await insertPartner(tx, { name: "0" })).id);
  const pairs: string[][] = [];
  while (pairs.length < count) pairs.push([await make(), await make()]);
  return pairs;
}

interface Counting {
  ids: string[];
  onTry: () => void;
}

/** Adds one to both rows, as callers of different organizations do. */
async function countInBoth(database: Database, clientNumber: number, { ids, onTry }: Counting) {
  const actor = {
    ...{ kind: "PROSPECT" as const, tenantId: `tenant-${clientNumber}`, subject: "s", email: "e@e.example" },
    ...{ displayName: "d", permissions: new Set<never>(), cloud: "PUBLIC" as never },
  };
  const deadline = database.requestDeadline();
  const caller = { actor, requestId: "deadlocks", now: systemClock, contributions, deadline };
  const work = async (tx: Transaction) => {
    onTry();
    for (const id of ids) {
      const row = await tx.get(Partner, tx.locked(sql`FROM partner WHERE id = ${id}`));
      await tx.change(Partner, { name: String(Number(row.name) + 1) }, sql`id = ${id}`);
    }
  };
  try {
    await runUnitOfWork(database, () => undefined, caller, work);
    return "done";
  } catch (error) {
    if (error instanceof DomainError && error.code === "SERVICE_BUSY") return "refused";
    throw error;
  }
}

async function checkPairs(database: Database, pairs: string[][], succeeded: number[]): Promise<void> {
  for (const [at, ids] of pairs.entries()) {
    for (const id of ids) {
      const [row] = await database.read((reads) =>
        reads.rows<{ name: string }>(sql`SELECT name AS name FROM partner WHERE id = ${id}`),
      );
      same(`what a row of pair ${at} counted`, Number(row?.name), succeeded[at]);
    }
  }
}

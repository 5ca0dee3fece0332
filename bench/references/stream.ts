import type { SqlValue } from "../../src/database/sql";
import { quickId } from "./ids";
import type { Run, Sql } from "./sql";

/** One event, and the organizations whose streams it goes to. */
export interface Told {
  type: string;
  customerId: string;
  facts: object;
  audience: string[];
}

/** The end of an organization's two logs. */
export interface Head {
  organizationId: string;
  lastPosition: number;
  lastSequence: number;
  lastHash: string;
  /** JSON. */
  rowCounts: string;
}

const BY = "reference";
/** The version of the facts of every event that the references tell. */
const FACTS_VERSION = 1;

/** Locks the heads of organizations, in the order that our server locks them in. */
export async function lockHeads(sql: Sql, run: Run, organizationIds: string[]): Promise<Map<string, Head>> {
  const sorted = [...organizationIds].sort();
  const rows = await run.rows<Head>(
    `SELECT organizationId, lastPosition, lastSequence, lastHash, rowCounts FROM organization_head
     WHERE organizationId IN (${sorted.map(() => "?").join(", ")}) ORDER BY organizationId${sql.forUpdate}`,
    sorted,
  );
  return new Map(rows.map((row) => [row.organizationId, row]));
}

/** Stores where the heads have moved to, with one statement. */
export async function storeHeads(run: Run, heads: Map<string, Head>): Promise<void> {
  const all = [...heads.values()];
  const cases = `CASE organizationId ${"WHEN ? THEN ? ".repeat(all.length)}END`;
  const each = (column: "lastPosition" | "lastSequence" | "lastHash" | "rowCounts") =>
    all.flatMap((head) => [head.organizationId, head[column]]);
  await run.change(
    `UPDATE organization_head SET lastPosition = ${cases}, lastSequence = ${cases}, lastHash = ${cases},
       rowCounts = ${cases} WHERE organizationId IN (${all.map(() => "?").join(", ")})`,
    [
      ...each("lastPosition"),
      ...each("lastSequence"),
      ...each("lastHash"),
      ...each("rowCounts"),
      ...heads.keys(),
    ],
  );
}

/** Writes events at the end of their organizations' streams with one statement, and moves the heads on. */
export async function writeEvents(
  run: Run,
  heads: Map<string, Head>,
  told: Told[],
  now: string,
): Promise<void> {
  const values: SqlValue[] = [];
  let count = 0;
  for (const { type, customerId, facts, audience } of told) {
    const id = quickId("evt");
    const text = JSON.stringify(facts);
    for (const organizationId of audience) {
      const head = heads.get(organizationId);
      if (!head) throw new Error(`${organizationId} has no stream`);
      count++;
      values.push(
        organizationId,
        ++head.lastPosition,
        id,
        type,
        FACTS_VERSION,
        customerId,
        now,
        BY,
        BY,
        text,
      );
    }
  }
  await run.change(
    `INSERT INTO event (organizationId, position, id, type, version, customerId, occurredAt, actorId, requestId, facts)
     VALUES ${Array.from({ length: count }, () => "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}`,
    values,
  );
}

/** Moves the counts of all these heads on, by kind and status. */
export function moveCounts(heads: Map<string, Head>, moves: Record<string, number>): void {
  for (const head of heads.values())
    head.rowCounts = JSON.stringify(moved(JSON.parse(head.rowCounts) as Record<string, number>, moves));
}

/** The counts after these moves. */
export function moved(counts: Record<string, number>, moves: Record<string, number>): Record<string, number> {
  const after = { ...counts };
  for (const [name, by] of Object.entries(moves)) after[name] = (after[name] ?? 0) + by;
  return after;
}

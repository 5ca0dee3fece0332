import type { RowCounts } from "../../entities/events/organization-head";
import type { UseCaseContext } from "./use-case-context";
import type { Reads } from "../database/reads";
import type { AuditedRows } from "../activity/audited-rows";
import { nameOf } from "./cached-counts";

/** An organization whose counts are not those of its rows. */
export interface Recounted {
  organizationId: string;
  /** As they are kept. */
  before: RowCounts;
  /** As the rows are. */
  after: RowCounts;
}

/** How many organizations are compared at a time. */
const BATCH = 200;

/**
 * Compares the counts of every organization with its rows, and corrects those that differ: what somebody wrote into the
 * database by hand is not in them. May run while servers do. Tells how many it looked at, and each one it corrected.
 */
export async function* recountRows(
  ctx: Pick<UseCaseContext, "contributions" | "read" | "transaction">,
): AsyncGenerator<{ looked: number; wrong: Recounted[] }, void> {
  const { auditedRows } = ctx.contributions;
  for await (const { looked, differing } of compareCounts(auditedRows, (work) => ctx.read(work))) {
    const wrong: Recounted[] = [];
    for (const { organizationId } of differing) {
      // It may only have changed between the two statements: looked at again, with nobody able to change it.
      const corrected = await correct(ctx, organizationId);
      if (corrected) wrong.push(corrected);
    }
    yield { looked, wrong };
  }
}

/**
 * Compares the counts of every organization with its rows, some at a time, each time with reads of their own. Where those
 * are not of one instant a difference may be no more than a change in between.
 */
export async function* compareCounts(
  auditedRows: AuditedRows,
  read: UseCaseContext["read"],
): AsyncGenerator<{ looked: number; differing: Recounted[] }, void> {
  let last: string | undefined = "";
  while (last !== undefined) {
    const after: string = last;
    const { heads, truth } = await read(async (reads) => {
      const found = await headsAfter(reads, after);
      return { heads: found, truth: await countsOf(auditedRows, reads, [...found.keys()]) };
    });
    const compared = [...heads].map(([organizationId, before]) => {
      return { organizationId, before, after: truth.get(organizationId) ?? {} };
    });
    yield { looked: heads.size, differing: compared.filter((one) => !areEqual(one.before, one.after)) };
    last = heads.size < BATCH ? undefined : [...heads.keys()].pop();
  }
}

async function correct(
  ctx: Pick<UseCaseContext, "contributions" | "transaction">,
  organizationId: string,
): Promise<Recounted | undefined> {
  return ctx.transaction(async (tx) => {
    const lock = tx.family === "mysql" ? " FOR UPDATE" : "";
    const [head] = await tx.rows<{ rowCounts: string }>(
      `SELECT rowCounts FROM organization_head WHERE organizationId = ?${lock}`,
      [organizationId],
    );
    const before = JSON.parse(head?.rowCounts ?? "{}") as RowCounts;
    const after =
      (await countsOf(ctx.contributions.auditedRows, tx, [organizationId])).get(organizationId) ?? {};
    if (areEqual(before, after)) return undefined;
    await tx.execute("UPDATE organization_head SET rowCounts = ? WHERE organizationId = ?", [
      JSON.stringify(after),
      organizationId,
    ]);
    return { organizationId, before, after };
  });
}

async function headsAfter(reads: Reads, after: string): Promise<Map<string, RowCounts>> {
  const rows = await reads.rows<{ organizationId: string; rowCounts: string }>(
    `SELECT organizationId, rowCounts FROM organization_head WHERE organizationId > ?
     ORDER BY organizationId LIMIT ${BATCH}`,
    [after],
  );
  return new Map(rows.map((row) => [row.organizationId, JSON.parse(row.rowCounts) as RowCounts]));
}

/** Counts the rows of these organizations, one side after the other; each is a range of an index. */
async function countsOf(
  auditedRows: AuditedRows,
  reads: Reads,
  organizationIds: string[],
): Promise<Map<string, RowCounts>> {
  const counts = new Map<string, RowCounts>(organizationIds.map((id) => [id, {}]));
  const places = organizationIds.map(() => "?").join(", ");
  for (const { entity, resource, countedBy = [] } of auditedRows.counted)
    for (const [at, side] of countedBy.entries()) {
      // A row whose organization stands on two sides is counted on the first one.
      const earlier = countedBy.slice(0, at).map((other) => ` AND (${other} IS NULL OR ${other} <> ${side})`);
      const rows = await reads.rows<{ id: string; status: string; n: number | string }>(
        `SELECT ${side} AS id, status AS status, COUNT(*) AS n FROM ${reads.tableOf(entity).text}
         WHERE ${side} IN (${places})${earlier.join("")} GROUP BY ${side}, status`,
        organizationIds,
      );
      for (const { id, status, n } of rows) {
        const name = nameOf(resource, status);
        const found = counts.get(id) ?? {};
        counts.set(id, { ...found, [name]: (found[name] ?? 0) + Number(n) });
      }
    }
  return counts;
}

/** A count of 0 is as good as none. */
function areEqual(one: RowCounts, other: RowCounts): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => (one[name] ?? 0) === (other[name] ?? 0));
}

import { type Figures, measure, type Outcome, questionsNamed } from "../../bench/requests/measure";
import { ratios } from "../../bench/requests/report";
import { serverKinds } from "../../bench/requests/servers";
import { verifyActivityLog } from "../../src/activity/verify-activity-log";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";

/** One small round: with no more calls than connections, every server gets exactly as many of each mutation. */
const SCALE = { questions: questionsNamed(undefined), rounds: 1, seconds: 0.1, calls: 4, connections: 4 };
/** One to compare, those of the warm-up, and those of the round. */
const CALLS = 1 + 4 + 4;

const counts = new Map<string, number>();
const damaged: unknown[] = [];
let outcome: Outcome;

beforeAll(async () => {
  outcome = await measure(testDatabase, SCALE, {
    look: async ({ address }) => {
      const database = await openDatabase(address, { onProgress: () => undefined });
      await count(database);
      for await (const report of verifyActivityLog(database)) if (report.damage) damaged.push(report);
      await database.close();
    },
  });
}, 60_000);

/** What our server wrote, and what the three references did. */
async function count(database: Database): Promise<void> {
  for (const table of ["event", "activity_record"])
    for (const [who, condition] of [
      ["ours", "<>"],
      ["theirs", "="],
    ]) {
      const sql = `SELECT COUNT(*) AS n FROM ${table} WHERE requestId ${condition} 'reference'`;
      const [row] = await database.read((reads) => reads.rows<{ n: number | string }>(sql));
      counts.set(`${table} ${who}`, Number(row?.n));
    }
}

describe("the bench of requests", () => {
  it("asks every server every question, and lets none go on that answers differently from ours", () => {
    const asked = outcome.figures.map(({ question, server }) => `${question.name} ${server}`);
    const all = questionsNamed(undefined).flatMap(({ name }) => serverKinds.map((kind) => `${name} ${kind}`));
    expect(asked).toEqual(all);
    for (const { perSecond, cpuMs } of outcome.figures) {
      expect(perSecond[0]).toBeGreaterThan(0);
      expect(cpuMs[0]).toBeGreaterThanOrEqual(0);
    }
  });

  it("has a list whose answer is some 40 to 60 kB", () => {
    for (const name of ["list", "listMiddle", "listEnd"]) {
      expect(outcome.bytes.get(name)).toBeGreaterThan(40_000);
      expect(outcome.bytes.get(name)).toBeLessThan(60_000);
    }
  });

  it("has every reference tell the same events as ours, and write the same records", () => {
    const accepted = 4 * CALLS;
    const suspended = 2 * CALLS;
    expect(counts.get("event ours")).toBe(accepted + suspended);
    expect(counts.get("event theirs")).toBe(3 * (accepted + suspended));
    expect(counts.get("activity_record ours")).toBe(accepted + suspended);
    expect(counts.get("activity_record theirs")).toBe(3 * (accepted + suspended));
  });

  it("leaves every activity log whole, though four servers wrote into it by turns", () => {
    expect(damaged).toEqual([]);
  });

  it("counts a ratio above 1 where ours does more", () => {
    const figures = (perSecond: number, cpuMs: number): Figures =>
      ({ perSecond: [perSecond], cpuMs: [cpuMs] }) as Figures;
    expect(ratios(figures(200, 1), figures(100, 3))).toEqual([3, 2]);
  });
});

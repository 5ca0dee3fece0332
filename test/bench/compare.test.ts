import { existsSync } from "node:fs";
import { type Builds, buildBoth } from "../../bench/compare/builds";
import { fanOutComparison } from "../../bench/compare/fan-out";
import { readCompareOptions } from "../../bench/compare/options";
import { requestComparison } from "../../bench/compare/requests-report";
import type { Comparison } from "../../bench/compare/run";
import { startComparison } from "../../bench/compare/start";

jest.setTimeout(300_000); // On a busy machine; some 20 s on one that is not.

let builds: Builds;
beforeAll(async () => {
  builds = await buildBoth("HEAD");
});
afterAll(() => builds.remove());

async function compareSmall<Scale extends Record<string, number>>(
  { defaults, compare }: Comparison<Scale>,
  ...args: string[]
) {
  const options = readCompareOptions(["--against", "HEAD", "--launches", "2", ...args], defaults);
  return (await compare(builds, testDatabase, options)).rows;
}

describe("a comparison of the working tree with its own commit", () => {
  it("is of two programs, each built in a folder of its own", () => {
    const { candidate, baseline } = builds;
    expect(candidate.dist).not.toBe(baseline.dist);
    for (const { dist } of [candidate, baseline]) expect(existsSync(`${dist}/src/main.js`)).toBe(true);
    expect(baseline.label).toMatch(/^commit [0-9a-f]{10}$/);
  });

  it("measures requests that both answer alike, the mutations' too, with rows that are used up", async () => {
    const size = ["--rounds", "2", "--size", "0.02", "--connections", "2"];
    const rows = await compareSmall(requestComparison, "--only", "byId,suspendSubscription", ...size);
    expect(rows.map(({ name }) => name)).toEqual(["byId", "suspendSubscription"]);
    for (const { difference, judged } of rows) {
      expect(difference).toBeUndefined();
      expect(judged?.candidate).toBeGreaterThan(0.01);
      expect(judged?.interval.low).toBeGreaterThan(0);
      expect(judged?.interval.high).toBeLessThan(Infinity);
    }
  });

  it("measures what an event costs for a listener that gets it", async () => {
    const [row] = await compareSmall(fanOutComparison, "--rounds", "2", "--listeners", "10", "--events", "4");
    expect(row?.judged?.candidate).toBeGreaterThan(1);
    expect(row?.judged?.interval.high).toBeLessThan(Infinity);
  });

  it("measures cold starts and warm ones", async () => {
    const rows = await compareSmall(startComparison, "--rounds", "1");
    expect(rows.map(({ name }) => name)).toEqual(["cold", "warm"]);
    for (const { judged } of rows) expect(judged?.candidate).toBeGreaterThan(100);
  });
});

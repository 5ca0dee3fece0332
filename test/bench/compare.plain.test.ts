import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { compareAnswers } from "../../bench/compare/answers";
import { buildBoth } from "../../bench/compare/builds";
import { ratioInterval, verdictOf } from "../../bench/compare/interval";
import { isComparison, readCompareOptions } from "../../bench/compare/options";
import { type ComparedRow, EXIT_CODES, exitCodeOf, tableOfRows } from "../../bench/compare/report";
import { sliceRequests } from "../../bench/compare/requests";
import { comparedFigure, measureRound, SLICES } from "../../bench/compare/rounds";
import { questionsNamed } from "../../bench/requests/measure";
import type { Supply } from "../../bench/requests/seed";

const figure = (low: number, high: number) => ({
  candidate: 1,
  baseline: 1,
  interval: { ratio: Math.sqrt(low * high), low, high },
});
const row = (low: number, high: number, more: Partial<ComparedRow> = {}): ComparedRow => ({
  name: "byId",
  judged: figure(low, high),
  cells: [],
  ...more,
});

let drawn = 1;
const random = () => (drawn = (drawn * 48_271) % 2_147_483_647) / 2_147_483_647;
const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

describe("the interval of a ratio", () => {
  it("is Student's t over the logarithms of the launches' ratios", () => {
    const { ratio, low, high } = ratioInterval([0.9, 1, 1.1]);
    const logs = [0.9, 1, 1.1].map(Math.log);
    const mean = (Math.log(0.9) + Math.log(1.1)) / 3;
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 2);
    expect(ratio).toBeCloseTo(Math.exp(mean), 10);
    expect(high).toBeCloseTo(Math.exp(mean + (4.303 * deviation) / Math.sqrt(3)), 10);
    expect(low * high).toBeCloseTo(ratio ** 2, 10);
  });

  it("is of the inverse ratio the inverse", () => {
    const launches = [1.2, 1.05, 1.2];
    const { low, high } = ratioInterval(launches);
    const inverse = ratioInterval(launches.map((ratio) => 1 / ratio));
    expect(inverse.low).toBeCloseTo(1 / high, 10);
    expect(inverse.high).toBeCloseTo(1 / low, 10);
  });

  it("is unknown after one launch", () => {
    expect(ratioInterval([1.01])).toEqual({
      ...{ ratio: expect.closeTo(1.01, 10) as number, low: 0, high: Infinity },
    });
  });

  it("is within a bound, above it, or shows neither", () => {
    expect(verdictOf({ ratio: 1.05, low: 1, high: 1.1 }, 1.1)).toBe("within");
    expect(verdictOf({ ratio: 1.2, low: 1.11, high: 1.3 }, 1.1)).toBe("above");
    expect(verdictOf({ ratio: 1.05, low: 1.0, high: 1.11 }, 1.1)).toBe("not shown");
  });

  it("has the true ratio in it in about 95 of 100 comparisons of programs that are equal", () => {
    let missed = 0;
    for (let run = 0; run < 2_000; run++) {
      const { low, high } = ratioInterval(Array.from({ length: 5 }, () => Math.exp(0.05 * normal())));
      if (low > 1 || high < 1) missed++;
    }
    expect(missed / 2_000).toBeGreaterThan(0.03);
    expect(missed / 2_000).toBeLessThan(0.07);
  });
});

describe("a round", () => {
  const measured = async (round: number) => {
    const order: string[] = [];
    let jobs = 0;
    const pairs = await measureRound(
      round,
      () => ++jobs,
      (side, job) => {
        order.push(side);
        return Promise.resolve({ count: job, cpuMs: side === "candidate" ? 1 : 5 });
      },
    );
    return { order: order.map(([letter = ""]) => letter).join(""), pairs, jobs };
  };

  it("measures both programs in turns, with the same jobs, the other one first in the next round", async () => {
    const even = await measured(0);
    expect(even.order).toBe("cbbcbccb");
    expect(even.jobs).toBe(SLICES);
    expect(even.pairs).toEqual(
      [1, 2, 3, 4].map((count) => ({ candidate: { count, cpuMs: 1 }, baseline: { count, cpuMs: 5 } })),
    );
    expect((await measured(1)).order).toBe("bccbcbbc");
  });

  const pair = (candidate: number, baseline: number) => ({
    candidate: { ms: candidate },
    baseline: { ms: baseline },
  });

  it("gives of each launch the best slice of each program, and candidate divided by baseline", () => {
    const launches = [
      [pair(9, 1), pair(2, 7)],
      [pair(4, 2), pair(4, 3)],
      [pair(6, 3), pair(60, 90)],
    ];
    const least = comparedFigure(launches, ({ ms }) => ms);
    expect(least).toMatchObject({ candidate: 4, baseline: 2 });
    expect(least.interval.ratio).toBeCloseTo(2, 10);
    const largest = comparedFigure(launches, ({ ms }) => ms, "largest");
    expect(largest).toMatchObject({ candidate: 9, baseline: 7 });
    expect(largest.interval.ratio).toBeCloseTo(((9 / 7) * (4 / 3) * (60 / 90)) ** (1 / 3), 10);
  });

  /** Comparisons on a machine that adds up to its own cost to four of five slices, for one program of `times` the cost. */
  const onBusyMachine = (times: number) =>
    Array.from({ length: 200 }, () => {
      const cost = () => (random() < 0.8 ? 1 + random() : 1) * Math.exp(0.02 * normal());
      const slices = () => Array.from({ length: 12 }, () => pair(times * cost(), cost()));
      return comparedFigure(Array.from({ length: 5 }, slices), ({ ms }) => ms).interval;
    });

  it("tells on a busy machine in most runs that a program is not slower, and always that it is by a fifth", () => {
    const verdicts = (times: number) => onBusyMachine(times).map((interval) => verdictOf(interval, 1.1));
    expect(verdicts(1).filter((verdict) => verdict === "within").length).toBeGreaterThan(150);
    expect(verdicts(1.2).filter((verdict) => verdict === "within")).toEqual([]);
  });
});

describe("the comparison of requests", () => {
  it("has a usual number of requests for every scenario, a quarter of it in a slice", () => {
    for (const question of questionsNamed(undefined)) {
      expect(sliceRequests(question, 1)).toBeGreaterThan(10);
      expect(sliceRequests(question, 0.5)).toBeCloseTo(sliceRequests(question, 1) / 2, -1);
    }
  });
});

describe("the verdict of a comparison", () => {
  it("fails what is above the bound, and tells what is not shown apart from it", () => {
    expect(exitCodeOf([row(0.9, 1.05)], 1.1)).toBe(EXIT_CODES.within);
    expect(exitCodeOf([row(0.9, 1.05), row(1, 1.2)], 1.1)).toBe(EXIT_CODES.notShown);
    expect(exitCodeOf([row(1, 1.2), row(1.15, 1.2)], 1.1)).toBe(EXIT_CODES.failed);
    expect(exitCodeOf([row(1.15, 1.2)], undefined)).toBe(EXIT_CODES.within);
  });

  it("fails where the answers differ, or where there are none", () => {
    expect(exitCodeOf([row(0.9, 1, { difference: "…" })], undefined)).toBe(EXIT_CODES.failed);
    expect(exitCodeOf([{ name: "byId", cells: [] }], undefined)).toBe(EXIT_CODES.failed);
  });

  it("is a column of the table, with the difference of the answers below", () => {
    const rows = [row(0.9, 1), row(1, 1.2), row(1.2, 1.3), row(0.9, 1, { difference: "candidate: 1" })];
    const table = tableOfRows(["scenario"], rows, 1.1);
    const verdicts = ["CPU at most 1.10", "--:", "yes", "not shown", "**no**", "not comparable"];
    expect(table.match(/^\|.*\|$/gm)?.map((line) => line.split(" | ").pop()?.slice(0, -2))).toEqual(verdicts);
    expect(table).toContain("**byId: the answers differ**\n\n```text\ncandidate: 1\n```");
  });
});

describe("the command line of a comparison", () => {
  const defaults = { names: ["byId", "list"], databases: ["sqlite" as const], rounds: 15, launches: 5 };
  const read = (...args: string[]) => readCompareOptions(args, { ...defaults, scale: { size: 1 } });

  it("is one of a comparison when it has --against", () => {
    expect(isComparison(["--rounds", "3", "--against", "HEAD"])).toBe(true);
    expect(isComparison(["--against=HEAD"])).toBe(true);
    expect(isComparison(["--rounds", "3"])).toBe(false);
  });

  it("has defaults for everything but the commit", () => {
    expect(read("--against", "0fdf704")).toEqual({
      ...{ against: "0fdf704", only: ["byId", "list"], databases: ["sqlite"] },
      ...{ launches: 5, roundsPerLaunch: 3, bound: undefined, scale: { size: 1 } },
    });
  });

  it("spreads at least so many rounds over the launches", () => {
    expect(read("--against", "x", "--rounds", "16")).toMatchObject({ launches: 5, roundsPerLaunch: 4 });
    expect(read("--against", "x", "--rounds", "2")).toMatchObject({ launches: 2, roundsPerLaunch: 1 });
    expect(read("--against", "x", "--bound", "1.10", "--size", "0.1")).toMatchObject({
      ...{ bound: 1.1, scale: { size: 0.1 } },
    });
  });

  it.each([
    [["--rounds", "3"], "--against needs a commit"],
    [["--against", "x", "--only", "byId,nothing"], "--only: unknown nothing. There are byId, list"],
    [["--against", "x", "--database", "oracle"], "no such database: oracle"],
    [["--against", "x", "--rounds", "1.5"], "--rounds must be a whole number"],
    [["--against", "x", "--bound", "0"], "--bound must be a number above 0"],
    [["--against", "x", "--write"], "Unknown option '--write'"],
  ])("refuses %j", (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });

  it("refuses a commit that is not there", async () => {
    await expect(buildBoth("no-such-commit")).rejects.toThrow("there is no commit no-such-commit");
  });
});

describe("the answers of two programs", () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  async function answering(body: object): Promise<{ url: string }> {
    const server = createServer((_request, response) => response.end(JSON.stringify(body)));
    servers.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  const differences = async (name: string, candidate: object, baseline: object) => {
    const item = { token: "t", userToken: "u", subscriptionId: "s" };
    const supply = {
      customerIds: ["a"],
      readerToken: "r",
      invited: Array(9).fill(item),
    } as unknown as Supply;
    const both = { candidate: await answering(candidate), baseline: await answering(baseline) };
    return (await compareAnswers(questionsNamed([name]), supply, both)).get(name);
  };

  it("are compared whole when something is read", async () => {
    const at = (instant: string) => ({ data: { customer: { since: instant } } });
    const [one, other] = [at("2026-01-01T00:00:00.000Z"), at("2026-01-02T00:00:00.000Z")];
    expect(await differences("byId", one, one)).toBeUndefined();
    const difference = await differences("byId", one, other);
    expect(difference?.comparable).toBe(true);
    expect(difference?.text).toMatch(/^candidate: .*2026-01-01.*\nbaseline: {2}.*2026-01-02/);
  });

  it("may differ in new ids and instants when something is changed", async () => {
    const answer = (id: string, status: string) => ({
      data: { invitation: { id: `inv_${id.repeat(26)}`, status } },
    });
    expect(await differences("acceptInvitation", answer("a", "OK"), answer("b", "OK"))).toBeUndefined();
    expect(await differences("acceptInvitation", answer("a", "OK"), answer("a", "NO"))).toBeDefined();
  });

  it("cannot be compared where one of them is an error", async () => {
    const difference = await differences("byId", { data: {} }, { errors: [{ message: "Cannot query" }] });
    expect(difference).toMatchObject({ comparable: false });
    expect(difference?.text).toContain("Cannot query");
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { openLog } from "../../src/logging/open-log";
import { type RunningServer, startServer } from "../../src/start/start-server";
import { PrivateRedis, redisProgram } from "../events/redis-server";
import { PATIENT_WAITS, within } from "../support/patience";
import { makeTestDatabase } from "../support/test-database";
import { type TestServer, withoutCost } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { askOverHttp, bodyOf, sendBody } from "./endpoints";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
const BRIEF_WINDOW_MS = 2_000;
/** What a node waits for Redis: who waits for it each time takes longer each time. */
const REDIS_PATIENCE_MS = 500;
const redis = new PrivateRedis();
const nodes: TestServer[] = [];
const log: string[] = [];
let database: Awaited<ReturnType<typeof makeTestDatabase>>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  if (!isThere && inCi) throw new Error("redis-server is not installed, and in CI its tests must run.");
  if (!isThere) return;
  await redis.start();
  database = await makeTestDatabase({ migrated: true });
  // No window ends by itself while a test runs, so each test has a caller of its own.
  for (let node = 0; node < 2; node++) await startNode("600");
  // What a node has read before costs nothing to read.
  for (const node of two()) await askOverHttp(node, ELEVEN, { token: tokens["direct-agent"] });
  await until(countTogether);
});
afterAll(async () => {
  await redis.kill(); // A frozen one would never hang up.
  for (const node of nodes) await node.stop();
  await redis.remove();
  await database?.drop();
});

/** Starts one more node. */
async function startNode(windowSeconds: string): Promise<TestServer> {
  const settings = {
    ...{ LIMIT_BUDGET: "100", LIMIT_BUDGET_SECONDS: windowSeconds, LIMIT_ANONYMOUS_REQUESTS: "30" },
    ...{ TRUSTED_PROXIES: "127.0.0.1", PORT: "0" },
  };
  const config = { ...loadConfig({ ...database.environment, ...settings }), redisUrl: redis.url };
  const logger = openLog({ ...config, logLevel: "warn" }, { write: (line: string) => void log.push(line) });
  const running: RunningServer = await startServer(config, logger, {
    sharesSqlite: true,
    waits: PATIENT_WAITS,
  });
  for (const [name, person] of Object.entries(demoPeople))
    tokens[name] ??= (await running.developmentIssuer?.sign(person, 600)) ?? "";
  const node = running as unknown as TestServer;
  nodes.push(node);
  return node;
}

/** Costs 11 points. */
const ELEVEN = "{ customers(first: 40) { nodes { id } } }";

/** What is left of a person's budget after a query of 11 points at a node. */
async function leftAfterEleven(node: TestServer, person: string): Promise<number | undefined> {
  const answer = await askOverHttp(node, ELEVEN, { token: tokens[person] });
  expect(withoutCost(bodyOf(answer)).errors).toBeUndefined();
  return bodyOf(answer).extensions?.cost?.budget?.remaining;
}

function two(): [TestServer, TestServer] {
  const [one, other] = nodes;
  if (!one || !other) throw new Error("there are two nodes");
  return [one, other];
}

let addresses = 0;

/** Whether both nodes have found Redis. Spends an anonymous caller's budget only, each time another one's. */
async function countTogether(): Promise<boolean> {
  const headers = { "content-type": "application/json", "x-forwarded-for": `192.0.2.${++addresses}` };
  const lefts = [];
  for (const node of two())
    lefts.push(
      (await sendBody(node, '{"query":"{ __typename }"}', headers)).headers.get("ratelimit-remaining"),
    );
  return lefts.join() === "29,28";
}

function timesTold(): number {
  return log.filter((line) => line.includes("counts budgets for itself")).length;
}

function twoNodes(): void {
  it("count one budget together", async () => {
    const [one, other] = two();
    expect(await leftAfterEleven(one, "direct-admin")).toBe(89);
    expect(await leftAfterEleven(other, "direct-admin")).toBe(78);
    expect(await leftAfterEleven(one, "direct-admin")).toBe(67);
  });

  it("give a budget back when its window is over, and not before", async () => {
    const brief = await startNode(String(BRIEF_WINDOW_MS / 1_000));
    const left = async () => {
      const { headers } = await askOverHttp(brief, "{ __typename }", { token: tokens["customer-admin-1"] });
      return Number(headers.get("ratelimit-remaining"));
    };
    await until(countTogether);
    const startedAt = performance.now();
    const whole = await left();
    await until(async () => {
      await pause(50);
      return (await left()) >= whole;
    });
    expect(performance.now() - startedAt).toBeGreaterThan(BRIEF_WINDOW_MS - 10);
  });

  it("count one anonymous caller's requests together", async () => {
    expect(await countTogether()).toBe(true);
  });

  it("charge once what is asked at the same time", async () => {
    const asking = two().flatMap((node) => [1, 2, 3, 4].map(() => leftAfterEleven(node, "reseller-agent")));
    const lefts = await Promise.all(asking);
    expect(lefts.sort((a, b) => Number(b) - Number(a))).toEqual([89, 78, 67, 56, 45, 34, 23, 12]);
  });

  it("answer on, and count each for itself, when Redis is killed; no request waits for it", async () => {
    const [one, other] = two();
    await leftAfterEleven(one, "reseller-admin");
    const toldBefore = timesTold();
    await redis.kill();
    await pause(100);
    const took: number[] = [];
    for (const [node, left] of [
      [one, 89],
      [one, 78],
      [other, 89],
    ] as const) {
      const startedAt = performance.now();
      expect(await leftAfterEleven(node, "reseller-admin")).toBe(left);
      took.push(performance.now() - startedAt);
    }
    expect(Math.min(...took)).toBeLessThan(REDIS_PATIENCE_MS);
    // The brief one too.
    await until(() => timesTold() === toldBefore + nodes.length);
  });

  it("refuse also then what is beyond the budget", async () => {
    const [one] = two();
    const statuses: number[] = [];
    for (let time = 0; time < 12; time++)
      statuses.push((await askOverHttp(one, ELEVEN, { token: tokens["reseller-admin"] })).status);
    expect(statuses).toContain(429);
  });

  it("count together again when it is back", async () => {
    const [one, other] = two();
    await redis.start();
    await until(countTogether);
    expect(await leftAfterEleven(one, "provider-agent")).toBe(89);
    expect(await leftAfterEleven(other, "provider-agent")).toBe(78);
  });

  it("wait half a second at most for a Redis that hangs, and then not at all", async () => {
    const [one] = two();
    redis.freeze();
    const took: number[] = [];
    for (let time = 0; time < 4; time++) {
      const startedAt = performance.now();
      await leftAfterEleven(one, "provider-admin");
      took.push(performance.now() - startedAt);
    }
    expect(Math.max(...took)).toBeLessThan(within(REDIS_PATIENCE_MS));
    expect(Math.min(...took.slice(1))).toBeLessThan(REDIS_PATIENCE_MS);
  });
}

if (isThere || inCi) describe("two nodes with one Redis", twoNodes);
else {
  const howToGetIt = "SKIPPED: there is no redis-server; get it with apt-get install redis-server";
  it(`two nodes with one Redis: ${howToGetIt}`, () => void process.stderr.write(`\n${howToGetIt}\n`));
}

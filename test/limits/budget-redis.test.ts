import { setTimeout as pause } from "node:timers/promises";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { openLog } from "../../src/server/open-log";
import { type RunningServer, startServer } from "../../src/server/start-server";
import { PrivateRedis, redisProgram } from "../events/redis-server";
import { makeTestDatabase } from "../support/test-database";
import { type TestServer, withoutCost } from "../support/test-server";
import { askOverHttp, bodyOf } from "./doors";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
/** A window of three seconds, and a little. */
const WINDOW_MS = 3_100;
const redis = new PrivateRedis();
const nodes: TestServer[] = [];
const log: string[] = [];
let database: Awaited<ReturnType<typeof makeTestDatabase>>;
let token: string;

beforeAll(async () => {
  if (!isThere && inCi) throw new Error("redis-server is not installed, and in CI its tests must run.");
  if (!isThere) return;
  await redis.start();
  database = await makeTestDatabase({ migrated: true });
  const settings = {
    LIMIT_BUDGET: "100",
    LIMIT_BUDGET_SECONDS: "3",
    LIMIT_ANONYMOUS_REQUESTS: "30",
    PORT: "0",
  };
  const config = { ...loadConfig({ ...database.environment, ...settings }), redisUrl: redis.url };
  for (let node = 0; node < 2; node++) {
    const logger = openLog({ ...config, logLevel: "warn" }, { write: (line: string) => void log.push(line) });
    const running: RunningServer = await startServer(config, logger, { sharesSqlite: true });
    nodes.push(running as unknown as TestServer);
    token = (await running.developmentIssuer?.sign(demoPeople["direct-agent"], 600)) ?? "";
  }
  // What a node has read before costs nothing to read.
  for (const node of two()) await askOverHttp(node, ELEVEN, { token });
  await until(countTogether);
});
afterAll(async () => {
  await redis.kill(); // A frozen one would never hang up.
  for (const node of nodes) await node.stop();
  await redis.remove();
  await database?.drop();
});

/** Costs 11 points. */
const ELEVEN = "{ customers(first: 40) { nodes { id } } }";

/** What is left of the budget after a query of 11 points at a node. */
async function leftAfterEleven(node: TestServer): Promise<number | undefined> {
  const answer = await askOverHttp(node, ELEVEN, { token });
  expect(withoutCost(bodyOf(answer)).errors).toBeUndefined();
  return bodyOf(answer).extensions?.cost?.budget?.remaining;
}

function two(): [TestServer, TestServer] {
  const [one, other] = nodes;
  if (!one || !other) throw new Error("there are two nodes");
  return [one, other];
}

/** Whether both nodes have found Redis. Spends a stranger's budget only, of which each try takes its own window. */
async function countTogether(): Promise<boolean> {
  await pause(WINDOW_MS);
  const [one, other] = two();
  const lefts = [];
  for (const node of [one, other])
    lefts.push((await askOverHttp(node, "{ __typename }")).headers.get("ratelimit-remaining"));
  return lefts.join() === "29,28";
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isTrue()); tries++) if (tries > 5) throw new Error("it did not become true");
}

function timesTold(): number {
  return log.filter((line) => line.includes("counts budgets for itself")).length;
}

function twoNodes(): void {
  it("count one budget together, and give it back when the window is over", async () => {
    const [one, other] = two();
    expect(await leftAfterEleven(one)).toBe(89);
    expect(await leftAfterEleven(other)).toBe(78);
    expect(await leftAfterEleven(one)).toBe(67);
    await pause(WINDOW_MS);
    expect(await leftAfterEleven(other)).toBe(89);
  });

  it("count one stranger's requests together", async () => {
    expect(await countTogether()).toBe(true);
  });

  it("charge once what is asked at the same time", async () => {
    await pause(WINDOW_MS);
    const lefts = await Promise.all(two().flatMap((node) => [1, 2, 3, 4].map(() => leftAfterEleven(node))));
    expect(lefts.sort((a, b) => Number(b) - Number(a))).toEqual([89, 78, 67, 56, 45, 34, 23, 12]);
  });

  it("answer on, and count each for itself, when Redis is killed; no request waits for it", async () => {
    const [one, other] = two();
    await pause(WINDOW_MS);
    await leftAfterEleven(one);
    const toldBefore = timesTold();
    await redis.kill();
    await pause(100);
    const startedAt = performance.now();
    expect(await leftAfterEleven(one)).toBe(89);
    expect(await leftAfterEleven(one)).toBe(78);
    expect(await leftAfterEleven(other)).toBe(89);
    expect(performance.now() - startedAt).toBeLessThan(500);
    await until(async () => {
      await pause(200);
      return timesTold() === toldBefore + 2;
    });
  });

  it("refuse also then what is beyond the budget", async () => {
    const [one] = two();
    const statuses: number[] = [];
    for (let time = 0; time < 12; time++)
      statuses.push((await askOverHttp(one, "{ customers(first: 40) { nodes { id } } }", { token })).status);
    expect(statuses).toContain(429);
  });

  it("count together again when it is back", async () => {
    const [one, other] = two();
    await redis.start();
    await until(countTogether);
    expect(await leftAfterEleven(one)).toBe(89);
    expect(await leftAfterEleven(other)).toBe(78);
  });

  it("wait half a second at most for a Redis that hangs, and then not at all", async () => {
    const [one] = two();
    await pause(WINDOW_MS);
    redis.freeze();
    const took: number[] = [];
    for (let time = 0; time < 4; time++) {
      const startedAt = performance.now();
      await leftAfterEleven(one);
      took.push(performance.now() - startedAt);
    }
    expect(Math.max(...took)).toBeLessThan(1_000);
    for (const time of took.slice(1)) expect(time).toBeLessThan(200);
  });
}

if (isThere || inCi) describe("two nodes with one Redis", twoNodes);
else {
  const howToGetIt = "SKIPPED: there is no redis-server; get it with apt-get install redis-server";
  it(`two nodes with one Redis: ${howToGetIt}`, () => void process.stderr.write(`\n${howToGetIt}\n`));
}

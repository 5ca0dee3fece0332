import { setTimeout as pause } from "node:timers/promises";
import Redis from "ioredis";
import { type ChangeNotifier, openChangeNotifier, redisNotifier } from "../../src/events/change-notifier";
import { LiveTail } from "../../src/events/live-tail";
import { type TestContext, openTestContext } from "../support/test-context";
import { PrivateRedis, redisProgram } from "./redis-server";
import { aStream, follow, positions, take, write } from "./streams";
import { AT_ONCE_MS, within } from "../support/patience";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
let testContext: TestContext;
let redis: PrivateRedis;
const nodes: { tail: LiveTail; notifier: ChangeNotifier }[] = [];

beforeAll(async () => {
  if (!isThere && inCi) throw new Error("redis-server is not installed, and in CI its tests must run.");
  testContext = await openTestContext();
  redis = new PrivateRedis();
});
afterEach(async () => {
  for (const { tail, notifier } of nodes.splice(0)) {
    tail.close();
    await notifier.close();
  }
  await redis?.kill();
});
afterAll(async () => {
  await redis?.remove();
  await testContext?.close();
});

const isLostConnection = (trouble: unknown) =>
  /EPIPE|ECONNRESET|max retries per request/.test(String(trouble));

/** A node of a cluster: its own tail and change notifier on the one database and the one Redis. */
function aNode(pollMs: number) {
  const troubles: unknown[] = [];
  const rung: string[] = [];
  const tail = new LiveTail((work) => testContext.database.read(work), { pollMs });
  const onRing = (organizationIds: string[]) => {
    rung.push(...organizationIds);
    tail.notify(organizationIds);
  };
  const notifier = redisNotifier(redis.url, onRing, (error) => troubles.push(error), { tryMs: 200 });
  nodes.push({ tail, notifier });
  return { tail, notifier, rung, troubles, notify: (ids: string[]) => notifier.notify(ids) };
}

/** Rings one node until the other one hears it: from then on both are connected. */
async function connected(from: ReturnType<typeof aNode>, to: ReturnType<typeof aNode>): Promise<void> {
  const word = `probe-${to.rung.length}`;
  while (!to.rung.includes(word)) {
    from.notify([word]);
    await pause(20);
  }
}

/** Waits until a node hears the others' bells, or does not. */
async function untilAway({ notifier }: ReturnType<typeof aNode>, isAway: boolean): Promise<void> {
  while (notifier.isAway !== isAway) await pause(5);
}

/** Does something to Redis as its operator would. */
async function operate(...command: [string, ...string[]]): Promise<void> {
  const operator = new Redis(redis.url);
  await operator.call(...command);
  operator.disconnect();
}

const NEVER = 60_000;

const aListenerOnAnotherNode = () => {
  it("hears through Redis at once what this node committed", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    await connected(one, two);
    const stream = await aStream(testContext);
    const listener = await follow(testContext, two.tail, stream);
    for (const position of [1, 2, 3]) {
      const next = listener.next();
      const startedAt = performance.now();
      await write(testContext, [stream], ["on node one"], one.notify);
      expect((await next).value).toMatchObject({ position });
      expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    }
    expect(one.troubles).toEqual([]);
  });

  it("gets all events that several nodes commit, in order and once", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    await Promise.all([connected(one, two), connected(two, one)]);
    const streams = [await aStream(testContext), await aStream(testContext)];
    const listeners = await Promise.all(
      [one, two].flatMap(({ tail }) => streams.map((stream) => follow(testContext, tail, stream))),
    );
    const heard = Promise.all(listeners.map((listener) => take(listener, 40)));
    const writes = Array.from({ length: 40 }, (_, n) =>
      write(testContext, streams, [String(n)], [one, two][n % 2]?.notify),
    );
    await Promise.all(writes);
    const expected = Array.from({ length: 40 }, (_, at) => at + 1);
    for (const events of await heard) expect(positions(events)).toEqual(expected);
  });

  it("hears within the poll interval while Redis is dead, and at once again when it is back", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(300)];
    await connected(one, two);
    const stream = await aStream(testContext);
    const here = await follow(testContext, one.tail, stream);
    const there = await follow(testContext, two.tail, stream);
    await redis.kill();

    const startedAt = performance.now();
    await write(testContext, [stream], ["Redis is dead"], one.notify);
    expect(positions(await take(here, 1))).toEqual([1]);
    expect(positions(await take(there, 1))).toEqual([1]);
    expect(performance.now() - startedAt).toBeLessThan(within(300));
    while (one.troubles.length === 0) await pause(5);

    await redis.start();
    await connected(one, two);
    await write(testContext, [stream], ["Redis is back"], one.notify);
    expect(positions(await take(there, 1))).toEqual([2]);
  });

  it("hears by polling also when Redis was not there at the start, and by the bell when it comes", async () => {
    const [one, two] = [aNode(NEVER), aNode(200)];
    const stream = await aStream(testContext);
    const listener = await follow(testContext, two.tail, stream);
    await write(testContext, [stream], ["no Redis yet"], one.notify);
    expect(positions(await take(listener, 1))).toEqual([1]);
    await redis.start();
    await connected(one, two);
    expect(two.troubles.length).toBeGreaterThan(0);
  });

  it("hears each bell of another node once, and its own at once and not again", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    await Promise.all([connected(one, two), connected(two, one)]);
    one.rung.length = two.rung.length = 0;
    one.notify(["org_1", "org_2"]);
    expect(one.rung).toEqual(["org_1", "org_2"]);
    one.notify(["last"]);
    while (!two.rung.includes("last")) await pause(5);
    two.notify(["back"]);
    while (!one.rung.includes("back")) await pause(5);
    expect(two.rung).toEqual(["org_1", "org_2", "last", "back"]);
    expect(one.rung).toEqual(["org_1", "org_2", "last", "back"]);
  });

  it("knows that Redis is away, and subscribes again by itself however often it is restarted", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    expect(two.notifier.isAway).toBe(true);
    for (let times = 1; times <= 3; times++) {
      await Promise.all([untilAway(one, false), untilAway(two, false)]);
      await connected(one, two);
      await redis.kill();
      await untilAway(two, true);
      one.notify(["nobody hears this"]);
      await redis.start();
    }
    await untilAway(two, false);
    expect(two.rung).not.toContain("nobody hears this");
  });

  it("loses nothing when an operator kills the subscribers' connections, and hears at once again", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(300)];
    await connected(one, two);
    const stream = await aStream(testContext);
    const listener = await follow(testContext, two.tail, stream);
    for (let position = 1; position <= 5; position++) {
      await operate("CLIENT", "KILL", "TYPE", "pubsub");
      await write(testContext, [stream], ["just then"], one.notify);
      const startedAt = performance.now();
      expect(positions(await take(listener, 1))).toEqual([position]);
      expect(performance.now() - startedAt).toBeLessThan(within(300));
    }
    await untilAway(two, false);
    await connected(one, two);
    // A connection that is killed while something is written to it reports that; nothing else may go wrong.
    expect(two.troubles.filter((trouble) => !isLostConnection(trouble))).toEqual([]);
  });

  it("notices a Redis that hangs without hanging up, and comes back to it", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    await connected(one, two);
    redis.freeze();
    await untilAway(two, true);
    for (let n = 0; n < 1_000; n++) one.notify([`org_${n}`]);
    redis.thaw();
    await untilAway(two, false);
    await connected(one, two);
  });

  it("tries again where Redis does not let it subscribe, and says so once", async () => {
    await redis.start();
    await operate("ACL", "SETUSER", "default", "-subscribe");
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    while (two.troubles.length === 0) await pause(5);
    await pause(500);
    expect(two.notifier.isAway).toBe(true);
    expect(two.troubles.map(String)).toEqual([expect.stringContaining("NOPERM")]);
    await operate("ACL", "SETUSER", "default", "+subscribe");
    await untilAway(two, false);
    await connected(one, two);
  });
};

describe("the change notifier of processes on one machine", () => {
  it("rings itself at once and its neighbours, and hears them", () => {
    const rung: string[] = [];
    const told: string[] = [];
    let hear: (organizationIds: string[]) => void = () => undefined;
    const siblings = {
      notify: (organizationIds: string[]) => void told.push(...organizationIds),
      onRing: (listener: typeof hear) => void (hear = listener),
    };
    const onRing = (organizationIds: string[]) => void rung.push(...organizationIds);
    const notifier = openChangeNotifier({ siblings, onRing, onTrouble: () => undefined });
    notifier.notify(["own"]);
    hear(["theirs"]);
    expect({ rung, told }).toEqual({ rung: ["own", "theirs"], told: ["own"] });
    expect(notifier.isAway).toBe(false);
  });
});

if (isThere || inCi) describe("a listener on another node", aListenerOnAnotherNode);
else {
  const howToGetIt = "SKIPPED: there is no redis-server; get it with apt-get install redis-server";
  it(`a listener on another node: ${howToGetIt}`, () => void process.stderr.write(`\n${howToGetIt}\n`));
}

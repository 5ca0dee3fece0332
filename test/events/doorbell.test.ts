import { setTimeout as pause } from "node:timers/promises";
import { type Doorbell, redisDoorbell } from "../../src/events/doorbell";
import { LiveTail } from "../../src/events/live-tail";
import { type House, openHouse } from "../support/house";
import { PrivateRedis, redisProgram } from "./redis-server";
import { aStream, follow, positions, take, write } from "./streams";

const isThere = redisProgram() !== undefined;
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
let house: House;
let redis: PrivateRedis;
const nodes: { tail: LiveTail; doorbell: Doorbell }[] = [];

beforeAll(async () => {
  if (!isThere && inCi) throw new Error("redis-server is not installed, and in CI its tests must run.");
  house = await openHouse();
  redis = new PrivateRedis();
});
afterEach(async () => {
  for (const { tail, doorbell } of nodes.splice(0)) {
    tail.close();
    await doorbell.close();
  }
  await redis?.kill();
});
afterAll(async () => {
  await redis?.remove();
  await house?.close();
});

/** A node of a cluster: its own tail and doorbell on the one database and the one Redis. */
function aNode(pollMs: number) {
  const troubles: unknown[] = [];
  const rung: string[] = [];
  const tail = new LiveTail((work) => house.database.read(work), { pollMs });
  const onRing = (organizationIds: string[]) => {
    rung.push(...organizationIds);
    tail.ring(organizationIds);
  };
  const doorbell = redisDoorbell(redis.url, onRing, (error) => troubles.push(error));
  nodes.push({ tail, doorbell });
  return { tail, doorbell, rung, troubles, ring: (ids: string[]) => doorbell.ring(ids) };
}

/** Rings one node until the other one hears it: from then on both are connected. */
async function connected(from: ReturnType<typeof aNode>, to: ReturnType<typeof aNode>): Promise<void> {
  const word = `probe-${to.rung.length}`;
  while (!to.rung.includes(word)) {
    from.ring([word]);
    await pause(20);
  }
}

const NEVER = 60_000;

const aListenerOnAnotherNode = () => {
  it("hears through Redis at once what this node committed", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    await connected(one, two);
    const stream = await aStream(house);
    const listener = await follow(house, two.tail, stream);
    for (const position of [1, 2, 3]) {
      const next = listener.next();
      const startedAt = performance.now();
      await write(house, [stream], ["on node one"], one.ring);
      expect((await next).value).toMatchObject({ position });
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
    expect(one.troubles).toEqual([]);
  });

  it("gets all events that several nodes commit, in order and once", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(NEVER)];
    await Promise.all([connected(one, two), connected(two, one)]);
    const streams = [await aStream(house), await aStream(house)];
    const listeners = await Promise.all(
      [one, two].flatMap(({ tail }) => streams.map((stream) => follow(house, tail, stream))),
    );
    const heard = Promise.all(listeners.map((listener) => take(listener, 40)));
    const writes = Array.from({ length: 40 }, (_, n) =>
      write(house, streams, [String(n)], [one, two][n % 2]?.ring),
    );
    await Promise.all(writes);
    const expected = Array.from({ length: 40 }, (_, at) => at + 1);
    for (const events of await heard) expect(positions(events)).toEqual(expected);
  });

  it("hears within the poll interval while Redis is dead, and at once again when it is back", async () => {
    await redis.start();
    const [one, two] = [aNode(NEVER), aNode(300)];
    await connected(one, two);
    const stream = await aStream(house);
    const here = await follow(house, one.tail, stream);
    const there = await follow(house, two.tail, stream);
    await redis.kill();

    const startedAt = performance.now();
    await write(house, [stream], ["Redis is dead"], one.ring);
    expect(positions(await take(here, 1))).toEqual([1]);
    expect(positions(await take(there, 1))).toEqual([1]);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(one.troubles.length).toBeGreaterThan(0);

    await redis.start();
    await connected(one, two);
    await write(house, [stream], ["Redis is back"], one.ring);
    expect(positions(await take(there, 1))).toEqual([2]);
  });

  it("hears by polling also when Redis was not there at the start, and by the bell when it comes", async () => {
    const [one, two] = [aNode(NEVER), aNode(200)];
    const stream = await aStream(house);
    const listener = await follow(house, two.tail, stream);
    await write(house, [stream], ["no Redis yet"], one.ring);
    expect(positions(await take(listener, 1))).toEqual([1]);
    await redis.start();
    await connected(one, two);
    expect(two.troubles.length).toBeGreaterThan(0);
  });
};

if (isThere || inCi) describe("a listener on another node", aListenerOnAnotherNode);
else {
  const howToGetIt = "SKIPPED: there is no redis-server; get it with apt-get install redis-server";
  it(`a listener on another node: ${howToGetIt}`, () => void process.stderr.write(`\n${howToGetIt}\n`));
}

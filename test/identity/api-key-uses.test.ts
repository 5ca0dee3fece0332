import { ActorDirectory, ApiKeyUses, revokeApiKey } from "../../src/identity";
import { hashApiKeySecret } from "../../src/identity/api-key-secret";
import { type TestContext, openTestContext } from "../support/test-context";
import { openScheduler } from "../jobs/open-scheduler";
import { until } from "../webhooks/webhook-test-context";
import { anApiKey, aPartnerWithAdmin } from "./api-keys";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
const START = "2026-03-01T12:00:00.000Z";
const LATER = "2026-03-01T12:10:00.000Z";
afterEach(() => {
  jest.useRealTimers();
  testContext.clock.now = START;
});
afterAll(() => testContext.close());

/** A node's memory of uses, and its directory. */
function aNode() {
  const uses = new ApiKeyUses();
  const { database, matrix, now } = testContext.services;
  const directory = new ActorDirectory({ read: (work) => database.read(work), matrix, now, keyUses: uses });
  const signIn = (secret: string) => directory.bearerOf({ kind: "API_KEY", hash: hashApiKeySecret(secret) });
  return { uses, signIn, write: () => uses.write(testContext.system) };
}

async function aKey() {
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const { apiKey, secret } = await anApiKey(testContext, actor);
  const row = async () => {
    const [found] = await testContext.database.read((reads) =>
      reads.rows<{ lastUsedAt: string | null; version: number; updatedAt: string }>(
        "SELECT lastUsedAt, version, updatedAt FROM api_key WHERE id = ?",
        [apiKey.id],
      ),
    );
    return found;
  };
  return { partner, actor, apiKey, secret, row };
}

describe("when an API key was last used", () => {
  it("is not written while somebody waits: a use costs the statement that finds the key, or none", async () => {
    const { secret, row } = await aKey();
    const { signIn } = aNode();
    testContext.statements.length = 0;
    await signIn(secret);
    await signIn(secret);
    expect(testContext.statements).toHaveLength(1);
    expect(testContext.statements[0]).toMatch(/^SELECT/);
    expect(await row()).toMatchObject({ lastUsedAt: null });
  });

  it("is written to the minute, and is no change: neither version nor event", async () => {
    const { partner, secret, row } = await aKey();
    const { signIn, write } = aNode();
    testContext.clock.now = "2026-03-01T12:34:56.789Z";
    await signIn(secret);
    testContext.clock.now = "2026-03-01T12:35:10.000Z";
    await write();
    expect(await row()).toEqual({ lastUsedAt: "2026-03-01T12:34:00.000Z", version: 1, updatedAt: START });
    expect(await testContext.eventsOf(partner.id)).toHaveLength(1);
  });

  it("is written for all keys with one statement, and for none with no statement", async () => {
    const keys = [await aKey(), await aKey(), await aKey()];
    const { signIn, write } = aNode();
    for (const { secret } of keys) await signIn(secret);
    testContext.statements.length = 0;
    await write();
    expect(testContext.statements.filter((sql) => sql.startsWith("UPDATE"))).toHaveLength(1);
    for (const { row } of keys) expect(await row()).toMatchObject({ lastUsedAt: START });
    testContext.statements.length = 0;
    await write();
    expect(testContext.statements).toEqual([]);
  });

  it("only goes forward, whichever of two nodes writes last", async () => {
    const { secret, row } = await aKey();
    const [slow, quick] = [aNode(), aNode()];
    await slow.signIn(secret);
    testContext.clock.now = "2026-03-01T12:05:00.000Z";
    await quick.signIn(secret);
    await quick.write();
    await slow.write();
    expect(await row()).toMatchObject({ lastUsedAt: "2026-03-01T12:05:00.000Z" });
  });

  it("is written by many nodes at once, without one standing in another's way", async () => {
    const keys = await Promise.all(Array.from({ length: 6 }, aKey));
    const nodes = Array.from({ length: 6 }, aNode);
    for (const [n, node] of nodes.entries()) {
      testContext.clock.now = `2026-03-01T13:0${n}:00.000Z`;
      for (const { secret } of n % 2 === 0 ? keys : [...keys].reverse()) await node.signIn(secret);
    }
    await Promise.all(nodes.map(({ write }) => write()));
    for (const { row } of keys) expect(await row()).toMatchObject({ lastUsedAt: "2026-03-01T13:05:00.000Z" });
  });

  it("is kept for the next time when the database is away", async () => {
    const [first, second] = [await aKey(), await aKey()];
    const { uses, signIn, write } = aNode();
    await signIn(first.secret);
    await signIn(second.secret);
    const away = { ...testContext.system, transaction: () => Promise.reject(new Error("away")) };
    await expect(uses.write(away)).rejects.toThrow("away");
    testContext.clock.now = "2026-03-01T12:10:00.000Z";
    await signIn(first.secret);
    await write();
    expect(await first.row()).toMatchObject({ lastUsedAt: "2026-03-01T12:10:00.000Z" });
    expect(await second.row()).toMatchObject({ lastUsedAt: START });
  });

  it("is not moved by a key that is refused", async () => {
    const { actor, apiKey, secret, row } = await aKey();
    const { signIn, write } = aNode();
    await revokeApiKey(testContext.as(actor), { apiKeyId: apiKey.id });
    await expect(signIn(secret)).rejects.toMatchObject({ code: "API_KEY_INVALID" });
    await write();
    expect(await row()).toMatchObject({ lastUsedAt: null });
  });

  it("is written every minute, and once more at the end", async () => {
    const { secret, row } = await aKey();
    const { uses, signIn } = aNode();
    expect(uses.job).toMatchObject({ intervalMs: 60_000, runsAtStop: true });
    const often = openScheduler(testContext, [uses.job], { intervals: { saveApiKeyUses: 20 } });
    often.start();
    await signIn(secret);
    await until(async () => (await row())?.lastUsedAt === START);
    await often.close();

    testContext.clock.now = LATER;
    const seldom = openScheduler(testContext, [uses.job]);
    seldom.start();
    await signIn(secret);
    expect(await row()).toMatchObject({ lastUsedAt: START });
    await seldom.close();
    expect(await row()).toMatchObject({ lastUsedAt: LATER });
  });

  it("that cannot be written is told, and stops nothing", async () => {
    const logged: object[] = [];
    const { uses } = aNode();
    const away = { ...testContext.system, transaction: () => Promise.reject(new Error("away")) };
    uses.note("key_nobody", START);
    const scheduler = openScheduler(testContext, [uses.job], {
      contextOf: () => away,
      log: { error: (line: object) => void logged.push(line) },
    });
    scheduler.start();
    await scheduler.close();
    expect(logged).toMatchObject([{ job: "saveApiKeyUses", err: { message: "away" } }]);
  });
});

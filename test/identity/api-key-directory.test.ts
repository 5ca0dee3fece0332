import { ActorDirectory, revokeApiKey, rotateApiKey } from "../../src/identity";
import { hashApiKeySecret } from "../../src/identity/api-key-secret";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { anApiKey, aPartnerWithAdmin } from "./api-keys";
import { until } from "../webhooks/webhook-test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
const START = "2026-03-01T12:00:00.000Z";
afterEach(() => {
  jest.restoreAllMocks();
  testContext.clock.now = START;
});
afterAll(() => testContext.close());

/** A directory whose reads are held back, after the database has answered, for as long as `gate.closed` says. */
function aDirectory() {
  const gate: { closed?: Promise<void> } = {};
  const { database, matrix, now } = testContext.services;
  const directory = new ActorDirectory({
    matrix,
    now,
    read: async (work) => {
      const found = await database.read(work);
      await gate.closed;
      return found;
    },
  });
  const bearerOf = (secret: string) =>
    directory.bearerOf({ kind: "API_KEY", hash: hashApiKeySecret(secret) });
  return { directory, gate, bearerOf };
}

async function aKey(expiresAt?: string) {
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const { apiKey, secret } = await anApiKey(testContext, actor, { expiresAt });
  return { partnerId: partner.id, ctx: testContext.as(actor), apiKeyId: apiKey.id, secret };
}

describe("what is known of an API key's bearer", () => {
  it("is believed for two seconds without a statement, and then looked up again", async () => {
    const { ctx, apiKeyId, secret } = await aKey();
    const { bearerOf } = aDirectory();
    const clock = jest.spyOn(performance, "now").mockReturnValue(1_000);
    await bearerOf(secret);
    await revokeApiKey(ctx, { apiKeyId });
    testContext.statements.length = 0;
    clock.mockReturnValue(2_999);
    expect((await bearerOf(secret)).actor).toMatchObject({ apiKeyId });
    expect(testContext.statements).toEqual([]);
    clock.mockReturnValue(3_000);
    expect(await refusalsOf(bearerOf(secret))).toMatchObject([
      { code: "API_KEY_INVALID", reason: "revoked" },
    ]);
    expect(testContext.statements).toHaveLength(1);
  });

  it("is not believed at all when it was read while the key was being revoked", async () => {
    const { partnerId, ctx, apiKeyId, secret } = await aKey();
    const { directory, gate, bearerOf } = aDirectory();
    let open = () => undefined as void;
    gate.closed = new Promise((resolve) => (open = resolve));
    testContext.statements.length = 0;
    const late = bearerOf(secret);
    await until(() => testContext.statements.length > 0); // It has read the key as it was.
    await revokeApiKey(ctx, { apiKeyId });
    directory.forget([partnerId]);
    open();
    expect((await late).actor).toMatchObject({ apiKeyId });
    expect(await refusalsOf(bearerOf(secret))).toMatchObject([{ code: "API_KEY_INVALID" }]);
  });

  it("ends when the first of key and secret does", async () => {
    const ends = Date.parse("2026-03-01T14:00:00.000Z");
    const { ctx, apiKeyId, secret } = await aKey("2026-03-01T15:00:00.000Z");
    const { bearerOf } = aDirectory();
    expect(await bearerOf(secret)).toMatchObject({ expiresAt: ends + 3_600_000 });
    const young = (await rotateApiKey(ctx, { apiKeyId, overlapHours: 2 })).secret;
    expect(await aDirectory().bearerOf(secret)).toMatchObject({ expiresAt: ends });
    expect(await aDirectory().bearerOf(young)).toMatchObject({ expiresAt: ends + 3_600_000 });
  });

  it("has no end where neither has one", async () => {
    const { secret } = await aKey();
    expect((await aDirectory().bearerOf(secret)).expiresAt).toBeUndefined();
  });

  it("tells an end of the key from one of the secret, for the operator", async () => {
    const { ctx, apiKeyId, secret } = await aKey("2026-03-01T15:00:00.000Z");
    const { secret: young } = await rotateApiKey(ctx, { apiKeyId, overlapHours: 2 });
    testContext.clock.now = "2026-03-01T14:00:00.000Z";
    const reasonOf = async (shown: string) => (await refusalsOf(aDirectory().bearerOf(shown)))[0];
    expect(await reasonOf(secret)).toMatchObject({ reason: "rotated out", apiKeyId });
    testContext.clock.now = "2026-03-01T15:00:00.000Z";
    expect(await reasonOf(young)).toMatchObject({ reason: "expired", apiKeyId });
  });
});

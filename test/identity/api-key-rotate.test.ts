import { ApiKey } from "../../entities/identity/api-key";
import { newId } from "../../src/values/ids";
import { daysAfter, hoursAfter } from "../../src/values/instant";
import { revokeApiKey, rotateApiKey, type RotateApiKey } from "../../src/identity";
import { makeApiKeyLoaders } from "../../src/identity/api-key.loader";
import { aCustomer, aPartnerUser } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";
import { actorOf, anApiKey, aPartnerWithAdmin, GLOBAL_ADMIN } from "./api-keys";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
const START = "2026-03-01T12:00:00.000Z";
afterEach(() => (testContext.clock.now = START));
afterAll(() => testContext.close());

/** A key, and what one does with it. */
async function aKey(overrides: Parameters<typeof anApiKey>[2] = {}) {
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const { apiKey, secret } = await anApiKey(testContext, actor, overrides);
  const rotate = (input: Partial<RotateApiKey> = {}) =>
    rotateApiKey(testContext.as(actor), { apiKeyId: apiKey.id, ...input });
  const revoke = () => revokeApiKey(testContext.as(actor), { apiKeyId: apiKey.id });
  const live = () => makeApiKeyLoaders(testContext.as(actor)).liveSecrets.load(apiKey.id);
  return { partner, actor, apiKey, secret, rotate, revoke, live };
}

/** Which of these secrets open something now. */
async function working(secrets: Record<string, string>): Promise<string[]> {
  const tried = await Promise.all(
    Object.entries(secrets).map(async ([name, secret]) => {
      const opens = await actorOf(testContext, secret).then(
        () => true,
        (error: unknown) => (error as { code?: string }).code !== "API_KEY_INVALID",
      );
      return opens ? [name] : [];
    }),
  );
  return tried.flat();
}

describe("a rotated API key", () => {
  it("has a new secret, and its old one works for 24 hours and not a millisecond longer", async () => {
    const { apiKey, secret: old, rotate, live } = await aKey();
    const { apiKey: rotated, secret: young } = await rotate();
    expect(rotated).toMatchObject({
      id: apiKey.id,
      version: 2,
      status: "ACTIVE",
      permissions: ["event.read"],
    });
    expect(young).not.toBe(old);
    const end = "2026-03-02T12:00:00.000Z";
    expect(await live()).toEqual([
      expect.objectContaining({ lastCharacters: young.slice(-4), expiresAt: null }),
      expect.objectContaining({ lastCharacters: old.slice(-4), expiresAt: end }),
    ]);
    testContext.clock.now = "2026-03-02T11:59:59.999Z";
    expect(await working({ old, young })).toEqual(["old", "young"]);
    testContext.clock.now = end;
    expect(await working({ old, young })).toEqual(["young"]);
    expect(await live()).toMatchObject([{ lastCharacters: young.slice(-4) }]);
  });

  it.each([
    [1, "2026-03-01T13:00:00.000Z"],
    [720, "2026-03-31T12:00:00.000Z"],
  ])("with an overlap of %s hours lets the old secret work until %s", async (overlapHours, end) => {
    const { secret: old, rotate, live } = await aKey();
    const { secret: young } = await rotate({ overlapHours });
    expect((await live())[1]).toMatchObject({ expiresAt: end });
    testContext.clock.now = new Date(Date.parse(end) - 1).toISOString();
    expect(await working({ old, young })).toEqual(["old", "young"]);
    testContext.clock.now = end;
    expect(await working({ old, young })).toEqual(["young"]);
  });

  it("with no overlap stops the old secret at once", async () => {
    const { secret: old, rotate, live } = await aKey();
    const { secret: young } = await rotate({ overlapHours: 0 });
    expect(await working({ old, young })).toEqual(["young"]);
    expect(await live()).toHaveLength(1);
  });

  it("again has two secrets at most: the oldest stops at once, though its overlap went on", async () => {
    const { secret: first, rotate, live } = await aKey();
    const { secret: second } = await rotate({ overlapHours: 720 });
    testContext.clock.now = hoursAfter(START, 1);
    const { secret: third } = await rotate({ overlapHours: 48 });
    expect(await working({ first, second, third })).toEqual(["second", "third"]);
    expect(await live()).toMatchObject([{ expiresAt: null }, { expiresAt: hoursAfter(START, 49) }]);
  });

  it("after an overlap that is over keeps that end of the oldest secret", async () => {
    const { secret: first, rotate, apiKey } = await aKey();
    await rotate({ overlapHours: 1 });
    testContext.clock.now = hoursAfter(START, 5);
    await rotate();
    const ended = await testContext.count(
      "api_key_secret",
      `apiKeyId = '${apiKey.id}' AND expiresAt = '${hoursAfter(START, 1)}' AND lastCharacters = '${first.slice(-4)}'`,
    );
    expect(ended).toBe(1);
  });

  it("never outlives its own end, nor does its old secret", async () => {
    const expiresAt = hoursAfter(START, 2);
    const { secret: old, rotate, live } = await aKey({ expiresAt });
    const { secret: young } = await rotate({ overlapHours: 24 });
    expect(await live()).toMatchObject([{ expiresAt: null }, { expiresAt }]);
    testContext.clock.now = expiresAt;
    expect(await working({ old, young })).toEqual([]);
    expect(await live()).toEqual([]);
    expect(await refusalsOf(rotate())).toMatchObject([{ code: "API_KEY_EXPIRED", field: "apiKeyId" }]);
  });

  it("is told to its organization, without a secret", async () => {
    const { partner, actor, apiKey, secret: old, rotate } = await aKey();
    const { secret: young } = await rotate();
    const events = await testContext.eventsOf(partner.id);
    expect(events[1]).toMatchObject({
      type: "api-key.rotated",
      apiKeyId: apiKey.id,
      name: "Listener",
      actorId: actor.userId,
    });
    for (const secret of [old, young]) expect(JSON.stringify(events)).not.toContain(secret.slice(4, 20));
  });

  it("twice at once from one version gives one new secret, and the other call is told to read again", async () => {
    const { apiKey, secret: first, rotate, live } = await aKey();
    const answers = await Promise.allSettled([1, 2].map(() => rotate({ expectedVersion: 1 })));
    const [done, ...more] = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [answer.value] : [],
    );
    expect(more).toEqual([]);
    expect(answers.filter((answer) => answer.status === "rejected")).toMatchObject([
      { reason: { code: "STALE_VERSION", details: { currentVersion: 2 } } },
    ]);
    expect(await live()).toHaveLength(2);
    expect(await working({ first, second: done?.secret ?? "" })).toEqual(["first", "second"]);
    expect(await testContext.count("api_key_secret", `apiKeyId = '${apiKey.id}'`)).toBe(2);
  });

  it("by five Global admins at once leaves two secrets that work, and six that were made", async () => {
    const { partner, apiKey, live } = await aKey();
    const admins = await Promise.all(
      [1, 2, 3, 4, 5].map(() => aPartnerUser(testContext, partner, GLOBAL_ADMIN)),
    );
    const answers = await Promise.all(
      admins.map((admin) => rotateApiKey(testContext.as(admin), { apiKeyId: apiKey.id })),
    );
    expect(new Set(answers.map(({ secret }) => secret)).size).toBe(5);
    expect((await live()).filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
    const opened = await working(Object.fromEntries(answers.map(({ secret }, n) => [`${n}`, secret])));
    expect(opened).toHaveLength(2);
    expect(await live()).toHaveLength(2);
    expect(await testContext.count("api_key_secret", `apiKeyId = '${apiKey.id}'`)).toBe(6);
  });

  it("by a repeat with the same idempotency key is rotated once, and the repeat shows the same secret", async () => {
    const { secret: first, rotate } = await aKey();
    const again = { idempotencyKey: "no answer came" };
    const answer = await rotate(again);
    expect(await rotate(again)).toEqual(answer);
    expect(await working({ first, second: answer.secret })).toEqual(["first", "second"]);
  });

  it.each([-1, 721])("is not rotated with an overlap of %s hours", async (overlapHours) => {
    const { rotate, live } = await aKey();
    expect(await refusalsOf(rotate({ overlapHours }))).toMatchObject([
      { code: "FIELD_INVALID", field: "overlapHours", details: { minimum: 0, maximum: 720 } },
    ]);
    expect(await live()).toHaveLength(1);
  });
});

describe("a revoked API key", () => {
  it("opens nothing any more, with none of its secrets, and its organization is told", async () => {
    const { partner, actor, apiKey, secret: first, rotate, revoke, live } = await aKey();
    const { secret: second } = await rotate();
    testContext.clock.now = hoursAfter(START, 1);
    const { apiKey: revoked } = await revoke();
    expect(revoked).toMatchObject({ status: "REVOKED", revokedAt: testContext.clock.now, version: 3 });
    expect(await working({ first, second })).toEqual([]);
    expect(await live()).toEqual([]);
    expect((await testContext.eventsOf(partner.id))[2]).toMatchObject({
      type: "api-key.revoked",
      apiKeyId: apiKey.id,
      actorId: actor.userId,
    });
  });

  it("stays so: it is neither revoked again nor rotated", async () => {
    const { partner, rotate, revoke } = await aKey();
    await revoke();
    const refused = { code: "API_KEY_ALREADY_REVOKED", kind: "CONFLICT", field: "apiKeyId" };
    expect(await refusalsOf(revoke())).toMatchObject([refused]);
    expect(await refusalsOf(rotate())).toMatchObject([refused]);
    expect(await testContext.eventsOf(partner.id)).toHaveLength(2);
  });

  it("may be one that has expired", async () => {
    const { revoke } = await aKey({ expiresAt: daysAfter(START, 1) });
    testContext.clock.now = daysAfter(START, 2);
    expect((await revoke()).apiKey.status).toBe("REVOKED");
  });

  it("is revoked once when it is revoked and rotated at once", async () => {
    const { apiKey, secret: first, rotate, revoke } = await aKey();
    const [rotated] = await Promise.allSettled([rotate(), revoke()]);
    const second = rotated.status === "fulfilled" ? rotated.value.secret : first;
    expect(await working({ first, second })).toEqual([]);
    expect(await testContext.count("api_key", `id = '${apiKey.id}' AND status = 'REVOKED'`)).toBe(1);
  });
});

describe("an API key of another organization", () => {
  it("is neither rotated nor revoked: the answer is that of an id that never was", async () => {
    const { apiKey, secret, live } = await aKey();
    const strangers = [(await aPartnerWithAdmin(testContext)).actor, (await aCustomer(testContext)).actor];
    for (const outsider of strangers) {
      for (const change of [rotateApiKey, revokeApiKey]) {
        const foreign = await refusalsOf(change(testContext.as(outsider), { apiKeyId: apiKey.id }));
        const unknown = await refusalsOf(change(testContext.as(outsider), { apiKeyId: newId(ApiKey) }));
        expect(foreign).toMatchObject([{ code: "API_KEY_NOT_FOUND", field: "apiKeyId" }]);
        expect(unknown).toEqual(foreign);
      }
    }
    expect(await working({ secret })).toEqual(["secret"]);
    expect(await live()).toHaveLength(1);
  });

  it("is not looked for by an id that is no key's", async () => {
    const { actor, partner } = await aPartnerWithAdmin(testContext);
    for (const apiKeyId of [partner.id, "key_1", ""]) {
      expect(await refusalOf(rotateApiKey(testContext.as(actor), { apiKeyId }))).toBe("ID_MALFORMED");
      expect(await refusalOf(revokeApiKey(testContext.as(actor), { apiKeyId }))).toBe("ID_MALFORMED");
    }
  });
});

describe("a change of a version that is not the newest", () => {
  it("is refused", async () => {
    const { actor, apiKey, rotate } = await aKey();
    await rotate();
    const stale = { apiKeyId: apiKey.id, expectedVersion: 1 };
    expect(await refusalOf(rotateApiKey(testContext.as(actor), stale))).toBe("STALE_VERSION");
    expect(await refusalOf(revokeApiKey(testContext.as(actor), stale))).toBe("STALE_VERSION");
  });
});

import { AgentRole } from "../../entities/identity/user";
import type { PartnerKeyActor } from "../../src/access/actor";
import { PermissionMatrix } from "../../src/access/permission-matrix";
import { daysAfter } from "../../src/values/instant";
import { createApiKey, revokeApiKey, rotateApiKey } from "../../src/identity";
import { hashApiKeySecret } from "../../src/identity/api-key-secret";
import { aCustomer, aPartnerUser, aProspect } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf, refusalsOf } from "../support/refusals";
import { actorOf, anApiKey, aPartnerWithAdmin, GLOBAL_ADMIN } from "./api-keys";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

describe("an API key that a Global admin creates", () => {
  it("is of its organization, with the name, permissions and end that it was given", async () => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    const expiresAt = daysAfter(testContext.clock.now, 30);
    const { apiKey, secret } = await anApiKey(testContext, actor, {
      name: "  CRM sync ",
      permissions: ["event.read", "customer.read", "event.read"],
      expiresAt,
    });
    expect(secret).toMatch(/^pgk_[0-9A-Za-z]{49}$/);
    expect(apiKey).toMatchObject({
      organizationId: partner.id,
      name: "CRM sync",
      permissions: ["customer.read", "event.read"],
      status: "ACTIVE",
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      createdBy: actor.userId,
      createdAt: testContext.clock.now,
      version: 1,
    });
  });

  it("signs in as its partner with exactly these permissions", async () => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    const { apiKey, secret } = await anApiKey(testContext, actor);
    expect(await actorOf(testContext, secret)).toEqual({
      kind: "PARTNER_KEY",
      apiKeyId: apiKey.id,
      displayName: "Listener",
      tenantId: partner.tenantId,
      partnerId: partner.id,
      programmeRole: "DIRECT_BILL",
      permissions: new Set(["event.read"]),
    });
  });

  it("is there for a customer's Global admin likewise", async () => {
    const { customer, actor } = await aCustomer(testContext);
    const { apiKey, secret } = await anApiKey(testContext, actor, { permissions: ["invitation.read"] });
    expect(await actorOf(testContext, secret)).toEqual({
      kind: "CUSTOMER_KEY",
      apiKeyId: apiKey.id,
      displayName: "Listener",
      tenantId: customer.tenantId,
      customerId: customer.id,
      permissions: new Set(["invitation.read"]),
    });
  });

  it("is told to its organization alone, without the secret", async () => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    const { apiKey, secret } = await anApiKey(testContext, actor);
    const events = await testContext.eventsOf(partner.id);
    expect(events).toMatchObject([
      {
        type: "api-key.created",
        actorId: actor.userId,
        apiKeyId: apiKey.id,
        name: "Listener",
        permissions: ["event.read"],
        expiresAt: null,
      },
    ]);
    expect(await testContext.count("event", `facts LIKE '%${apiKey.id}%'`)).toBe(1);
    for (const lost of [secret, secret.slice(4), hashApiKeySecret(secret)])
      expect(JSON.stringify(events)).not.toContain(lost);
  });

  it("is one, with one secret, however often the call is repeated with its idempotency key", async () => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    const call = () => anApiKey(testContext, actor, { idempotencyKey: "the same" });
    const answers = await Promise.all(Array.from({ length: 8 }, call));
    const [first] = answers;
    for (const answer of answers) expect(answer).toEqual(first);
    expect(await testContext.count("api_key", `organizationId = '${partner.id}'`)).toBe(1);
    expect(await actorOf(testContext, first?.secret ?? "")).toMatchObject({ apiKeyId: first?.apiKey.id });
    expect(await refusalOf(anApiKey(testContext, actor, { idempotencyKey: "the same", name: "Other" }))).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });
});

describe("the name and the end of an API key", () => {
  it.each([
    ["name", { name: " " }, "name must have 1 to 100 characters; it has 0."],
    ["name", { name: "n".repeat(101) }, "name must have 1 to 100 characters; it has 101."],
    ["name", { name: "two\nlines" }, "name must be one line without control characters."],
  ])("%s %j is refused", async (field, overrides, message) => {
    const { actor } = await aPartnerWithAdmin(testContext);
    expect(await refusalsOf(anApiKey(testContext, actor, overrides))).toMatchObject([
      { code: "FIELD_INVALID", field, message },
    ]);
  });

  it("may be a hundred characters of any script, and two keys may be called the same", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const name = "🔑".repeat(100);
    const made = [await anApiKey(testContext, actor, { name }), await anApiKey(testContext, actor, { name })];
    expect(made.map(({ apiKey }) => apiKey.name)).toEqual([name, name]);
  });

  it("must lie ahead, and at most ten years", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const { now } = testContext.clock;
    const end = (expiresAt: string) => refusalsOf(anApiKey(testContext, actor, { expiresAt }));
    expect(await end(now)).toMatchObject([
      {
        code: "FIELD_INVALID",
        field: "expiresAt",
        message: `expiresAt must be in the future; now it is ${now}.`,
      },
    ]);
    expect(await end("2036-03-02T12:00:00.001Z")).toMatchObject([
      {
        code: "FIELD_INVALID",
        field: "expiresAt",
        message: expect.stringContaining("at most 10 years away"),
      },
    ]);
    for (const expiresAt of ["2036-03-01T12:00:00.000Z", new Date(Date.parse(now) + 1).toISOString()])
      expect((await anApiKey(testContext, actor, { expiresAt })).apiKey.expiresAt).toBe(expiresAt);
  });

  it("are refused together with all else that is wrong", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const wrong = { name: "", permissions: ["no.such"], expiresAt: "2020-01-01T00:00:00.000Z" };
    const refusals = await refusalsOf(anApiKey(testContext, actor, wrong));
    expect(refusals.map(({ field }) => field)).toEqual(["name", "permissions", "expiresAt"]);
  });
});

describe("an organization's active API keys", () => {
  const fill = async (creator: Awaited<ReturnType<typeof aPartnerWithAdmin>>["actor"], count: number) => {
    const { apiKey } = await anApiKey(testContext, creator);
    await testContext.system.transaction(async (tx) => {
      for (let n = 1; n < count; n++) {
        await tx.execute(
          `INSERT INTO api_key (id, organizationId, name, permissions, status, createdBy, createdAt, updatedAt, version)
           SELECT ?, organizationId, name, permissions, status, createdBy, createdAt, updatedAt, 1 FROM api_key WHERE id = ?`,
          [`${apiKey.id}-${n}`, apiKey.id],
        );
      }
    });
    return apiKey;
  };

  it("are at most a hundred, revoked and expired ones not counted, nor another organization's", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const other = await aPartnerWithAdmin(testContext);
    const first = await fill(actor, 100);
    expect(await refusalsOf(anApiKey(testContext, actor))).toMatchObject([
      { code: "API_KEY_LIMIT_REACHED", kind: "CONFLICT", details: { maximum: 100 } },
    ]);
    await anApiKey(testContext, other.actor);
    await revokeApiKey(testContext.as(actor), { apiKeyId: first.id });
    await anApiKey(testContext, actor, { expiresAt: daysAfter(testContext.clock.now, 1) });
    expect(await refusalOf(anApiKey(testContext, actor))).toBe("API_KEY_LIMIT_REACHED");
    const before = testContext.clock.now;
    testContext.clock.now = daysAfter(before, 1);
    await anApiKey(testContext, actor).finally(() => (testContext.clock.now = before));
  });

  it("are at most a hundred also when twelve Global admins make one at once with room for one", async () => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    await fill(actor, 99);
    const admins = Array.from({ length: 12 }, () => aPartnerUser(testContext, partner, GLOBAL_ADMIN));
    const answers = await Promise.allSettled(
      (await Promise.all(admins)).map((admin) => anApiKey(testContext, admin)),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    expect(refused).toHaveLength(11);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "API_KEY_LIMIT_REACHED" });
    expect(await testContext.count("api_key", `organizationId = '${partner.id}'`)).toBe(100);
  });
});

describe("who", () => {
  const input = { name: "Key", permissions: ["event.read"] };

  it("belongs to no organization that is known has no API keys", async () => {
    expect(await refusalOf(createApiKey(testContext.as(aProspect()), input))).toBe("FORBIDDEN");
    expect(await refusalOf(createApiKey(testContext.system, input))).toBe("FORBIDDEN");
  });

  it("is an API key itself makes and changes none, whatever stands in its row", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const { apiKey, secret } = await anApiKey(testContext, actor);
    const key = {
      ...(await actorOf(testContext, secret)),
      permissions: actor.permissions,
    } as PartnerKeyActor;
    const { id: apiKeyId } = apiKey;
    expect(await refusalOf(createApiKey(testContext.as(key), input))).toBe("FORBIDDEN");
    expect(await refusalOf(rotateApiKey(testContext.as(key), { apiKeyId }))).toBe("FORBIDDEN");
    expect(await refusalOf(revokeApiKey(testContext.as(key), { apiKeyId }))).toBe("FORBIDDEN");
  });

  it.each([
    ["deactivated", "status = 'INACTIVE'", "USER_INACTIVE"],
    ["demoted", "adminRoles = '[]'", "FORBIDDEN"],
  ])("was %s a moment ago, and is still signed in, takes no key along", async (_what, change, code) => {
    const { partner, actor } = await aPartnerWithAdmin(testContext);
    const { apiKey, secret } = await anApiKey(testContext, actor);
    await testContext.system.transaction((tx) =>
      tx.execute(`UPDATE user_account SET ${change} WHERE id = ?`, [actor.userId]),
    );
    const { id: apiKeyId } = apiKey;
    expect(await refusalOf(createApiKey(testContext.as(actor), input))).toBe(code);
    expect(await refusalOf(rotateApiKey(testContext.as(actor), { apiKeyId }))).toBe(code);
    expect(await refusalOf(revokeApiKey(testContext.as(actor), { apiKeyId }))).toBe(code);
    expect(await testContext.eventsOf(partner.id)).toHaveLength(1);
    expect(await actorOf(testContext, secret)).toMatchObject({ apiKeyId });
  });

  it("lost a role a moment ago gives what its other roles have", async () => {
    const matrix = new PermissionMatrix({ "api-key.create": { partner: [AgentRole.SALES_AGENT] } });
    const { partner } = await aPartnerWithAdmin(testContext);
    const actor = await aPartnerUser(testContext, partner, {
      agent: [AgentRole.ADMIN_AGENT, AgentRole.SALES_AGENT],
    });
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE user_account SET agentRoles = ? WHERE id = ?", ['["SALES_AGENT"]', actor.userId]),
    );
    const create = (permission: string) =>
      createApiKey({ ...testContext.as(actor), matrix }, { name: "Key", permissions: [permission] });
    expect(await refusalOf(create("customer.read"))).toBe("FIELD_INVALID");
    expect((await create("subscription.read")).apiKey.permissions).toEqual(["subscription.read"]);
  });
});

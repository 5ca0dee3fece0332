import { ApiKeyStatus } from "../../entities/identity/api-key";
import { AgentRole } from "../../entities/identity/user";
import type { Actor } from "../../src/access/actor";
import { daysAfter } from "../../src/values/instant";
import { listApiKeys, revokeApiKey } from "../../src/identity";
import { makeApiKeyLoaders } from "../../src/identity/api-key.loader";
import { aCustomer, aPartner, aPartnerUser, aProspect } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalOf } from "../support/refusals";
import { actorOf, anApiKey, aPartnerWithAdmin } from "./api-keys";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
const START = "2026-03-01T12:00:00.000Z";
afterEach(() => (testContext.clock.now = START));
afterAll(() => testContext.close());

const namesOf = async (actor: Actor, status?: ApiKeyStatus) =>
  (await listApiKeys(testContext.as(actor), { status })).nodes.map(({ name }) => name);

/** A partner with a key of each standing. */
async function withThreeKeys() {
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const active = await anApiKey(testContext, actor, { name: "active" });
  const ending = await anApiKey(testContext, actor, { name: "ending", expiresAt: daysAfter(START, 1) });
  const revoked = await anApiKey(testContext, actor, { name: "revoked", expiresAt: daysAfter(START, 1) });
  await revokeApiKey(testContext.as(actor), { apiKeyId: revoked.apiKey.id });
  return { partner, actor, active, ending, revoked };
}

describe("the list of API keys", () => {
  it("has all of the organization, newest first, in pages", async () => {
    const { actor } = await withThreeKeys();
    expect(await namesOf(actor)).toEqual(["revoked", "ending", "active"]);
    const first = await listApiKeys(testContext.as(actor), { first: 2 });
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(await first.totalCount).toBe(3);
    const second = await listApiKeys(testContext.as(actor), { first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ name }) => name)).toEqual(["active"]);
    expect(second.pageInfo.hasNextPage).toBe(false);
    expect(await refusalOf(listApiKeys(testContext.as(actor), { after: "nonsense" }))).toBe("CURSOR_INVALID");
    expect(await refusalOf(listApiKeys(testContext.as(actor), { first: 501 }))).toBe("FIELD_INVALID");
  });

  it("is filtered by the standing now: what has expired is no longer active", async () => {
    const { actor } = await withThreeKeys();
    const standings = async () => {
      const { ACTIVE, EXPIRED, REVOKED } = ApiKeyStatus;
      return Promise.all([ACTIVE, EXPIRED, REVOKED].map((status) => namesOf(actor, status)));
    };
    testContext.clock.now = "2026-03-02T11:59:59.999Z";
    expect(await standings()).toEqual([["ending", "active"], [], ["revoked"]]);
    testContext.clock.now = "2026-03-02T12:00:00.000Z";
    expect(await standings()).toEqual([["active"], ["ending"], ["revoked"]]);
  });

  it("has none of another organization, for a person or for a key", async () => {
    const { partner, actor, active } = await withThreeKeys();
    const other = await aPartnerWithAdmin(testContext);
    const { secret } = await anApiKey(testContext, other.actor, {
      name: "theirs",
      permissions: ["api-key.read"],
    });
    const theirKey = await actorOf(testContext, secret);
    const { actor: customerAdmin } = await aCustomer(testContext);
    expect(await namesOf(other.actor)).toEqual(["theirs"]);
    expect(await namesOf(theirKey)).toEqual(["theirs"]);
    expect(await namesOf(customerAdmin)).toEqual([]);
    const sameOrganization = await aPartnerUser(testContext, partner, { admin: actor.adminRoles });
    expect(await namesOf(sameOrganization)).toHaveLength(3);
    for (const outsider of [other.actor, theirKey, customerAdmin]) {
      const loaders = makeApiKeyLoaders(testContext.as(outsider));
      expect(await loaders.byId.load(active.apiKey.id)).toBeNull();
      expect(await loaders.liveSecrets.load(active.apiKey.id)).toEqual([]);
    }
  });

  it("is empty for who may not see API keys, or is of no organization, or is a key without the permission", async () => {
    const { partner, actor, active } = await withThreeKeys();
    const agent = await aPartnerUser(testContext, partner, { agent: [AgentRole.ADMIN_AGENT] });
    for (const blind of [agent, await actorOf(testContext, active.secret), aProspect()]) {
      expect(await namesOf(blind)).toEqual([]);
      expect(await makeApiKeyLoaders(testContext.as(blind)).byId.load(active.apiKey.id)).toBeNull();
    }
    expect(await makeApiKeyLoaders(testContext.as(actor)).byId.load(active.apiKey.id)).toMatchObject({
      name: "active",
    });
    expect((await aPartner(testContext)).actor.permissions.has("api-key.read")).toBe(false);
  });
});

describe("what is known of the secrets of many API keys", () => {
  it("takes one statement, and is nothing of those that are over", async () => {
    const { actor, active, ending, revoked } = await withThreeKeys();
    const ids = [revoked, ending, active].map(({ apiKey }) => apiKey.id);
    testContext.statements.length = 0;
    const found = await makeApiKeyLoaders(testContext.as(actor)).liveSecrets.loadMany(ids);
    expect(testContext.statements).toHaveLength(1);
    expect(found).toEqual([
      [],
      [
        expect.objectContaining({
          lastCharacters: ending.secret.slice(-4),
          createdAt: START,
          expiresAt: null,
        }),
      ],
      [expect.objectContaining({ lastCharacters: active.secret.slice(-4) })],
    ]);
    expect(JSON.stringify(found)).not.toContain("hash");
    testContext.clock.now = daysAfter(START, 1);
    expect(await makeApiKeyLoaders(testContext.as(actor)).liveSecrets.load(ending.apiKey.id)).toEqual([]);
  });
});

import { revokeApiKey, rotateApiKey } from "../../src/identity";
import { makeApiKeySecret } from "../../src/identity/api-key-secret";
import { testContextOf, statementsOf } from "../api/at-the-endpoint";
import { aCustomer, aRelationship } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { type Answer, startTestServer, type TestServer } from "../support/test-server";
import { anApiKey, aPartnerWithAdmin } from "./api-keys";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterEach(() => server.setClock());
afterAll(() => server.stop());

const VIEWER = `{ viewer { kind userId apiKeyId displayName email tenantId agentRoles adminRoles permissions
  partner { id } customer { id } } }`;
const END = "2031-01-01T00:00:00.000Z";

/** A new partner's key, and what its Global admin does with it on this node. */
async function aKey(permissions = ["event.read"], expiresAt?: string) {
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const { apiKey, secret } = await anApiKey(testContext, actor, { permissions, expiresAt });
  const { id: apiKeyId } = apiKey;
  const rotate = async (overlapHours: number) =>
    (await rotateApiKey(testContext.as(actor), { apiKeyId, overlapHours })).secret;
  const revoke = () => revokeApiKey(testContext.as(actor), { apiKeyId });
  return { id: apiKeyId, secret, partnerId: partner.id, tenantId: partner.tenantId, rotate, revoke };
}

const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions.code);

describe("an API key over HTTP", () => {
  it("sees itself as its organization's", async () => {
    const { id, secret, partnerId, tenantId } = await aKey(["viewer.read"]);
    expect((await server.withToken(secret).ask(VIEWER)).data.viewer).toEqual({
      kind: "API_KEY",
      userId: null,
      apiKeyId: id,
      displayName: "Listener",
      email: null,
      tenantId,
      agentRoles: [],
      adminRoles: [],
      permissions: ["viewer.read"],
      partner: { id: partnerId },
      customer: null,
    });
  });

  it("costs one statement to sign in, and none when it comes again", async () => {
    const { secret } = await aKey(["offer.read"]);
    const ask = () => server.withToken(secret).ask("{ offers(first: 1) { nodes { id } } }");
    const first = await statementsOf(server, ask);
    server.statements.length = 0;
    await ask();
    expect(first.statements).toHaveLength(server.statements.length + 1);
  });

  it("that is mistyped is refused without a statement", async () => {
    const { secret } = await aKey();
    const last = secret.endsWith("A") ? "B" : "A";
    server.statements.length = 0;
    for (const typed of [`${secret.slice(0, -1)}${last}`, secret.slice(0, -1), `${secret}A`, "pgk_"]) {
      const { errors } = await server.withToken(typed).ask("{ viewer { kind } }");
      expect(errors).toMatchObject([
        {
          message: expect.stringMatching(/mistyped.*53 characters/),
          extensions: { code: "API_KEY_INVALID", kind: "UNAUTHENTICATED" },
        },
      ]);
      expect(JSON.stringify(errors)).not.toContain(secret.slice(4, 20));
    }
    expect(server.statements).toEqual([]);
  });

  it("that was never made, was revoked or has expired gets one and the same answer", async () => {
    const [revoked, expired] = [await aKey(), await aKey(["event.read"], END)];
    await revoked.revoke();
    server.setClock("2031-01-01T00:00:00.000Z");
    const answers = [];
    for (const secret of [makeApiKeySecret(), revoked.secret, expired.secret]) {
      const [error] = (await server.withToken(secret).ask("{ viewer { kind } }")).errors ?? [];
      answers.push({ message: error?.message, code: error?.extensions.code });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      code: "API_KEY_INVALID",
      message: expect.stringMatching(/revoked or expired/),
    });
  });

  it("stops at its end, also within the two seconds for which it is believed", async () => {
    const { secret } = await aKey(["viewer.read"], END);
    const key = server.withToken(secret);
    server.setClock("2030-12-31T23:59:59.999Z");
    expect(codesOf(await key.ask(VIEWER))).toEqual([]);
    server.setClock("2031-01-01T00:00:00.000Z");
    expect(codesOf(await key.ask(VIEWER))).toEqual(["API_KEY_INVALID"]);
  });

  it("is refused at once on the node that revoked it, also when it was believed a moment ago", async () => {
    const { secret, revoke } = await aKey(["viewer.read"]);
    const key = server.withToken(secret);
    expect(codesOf(await key.ask(VIEWER))).toEqual([]);
    await revoke();
    expect(codesOf(await key.ask(VIEWER))).toEqual(["API_KEY_INVALID"]);
  });

  it("that was rotated works with both secrets until the overlap is over, and with the new one after it", async () => {
    server.setClock("2030-06-01T00:00:00.000Z");
    const { secret, rotate } = await aKey(["viewer.read"]);
    const rotated = await rotate(2);
    const both = async () => [
      codesOf(await server.withToken(secret).ask(VIEWER)).join(),
      codesOf(await server.withToken(rotated).ask(VIEWER)).join(),
    ];
    server.setClock("2030-06-01T01:59:59.999Z");
    expect(await both()).toEqual(["", ""]);
    server.setClock("2030-06-01T02:00:00.000Z");
    expect(await both()).toEqual(["API_KEY_INVALID", ""]);
  });

  it("with no overlap is refused at once with its old secret, also when that was believed a moment ago", async () => {
    const { secret, rotate } = await aKey(["viewer.read"]);
    expect(codesOf(await server.withToken(secret).ask(VIEWER))).toEqual([]);
    await rotate(0);
    expect(codesOf(await server.withToken(secret).ask(VIEWER))).toEqual(["API_KEY_INVALID"]);
  });

  it("never reads or changes what is of another organization", async () => {
    const all = [
      "node.read",
      "api-key.read",
      "customer.read",
      "customer.update",
      "event.read",
      "relationship.read",
    ];
    const [ours, theirs] = [await aKey(all), await aPartnerWithAdmin(testContext)];
    const { customer } = await aCustomer(testContext);
    const relationship = await aRelationship(testContext, theirs.partner, customer);
    const foreign = await anApiKey(testContext, theirs.actor, { name: "Theirs" });
    const key = server.withToken(ours.secret);
    for (const id of [foreign.apiKey.id, customer.id, relationship.id, theirs.partner.id]) {
      const { errors } = await key.ask("query ($id: ID!) { node(id: $id) { id } }", { id });
      expect(errors).toMatchObject([{ extensions: { code: "NODE_NOT_FOUND" } }]);
    }
    const lists = await key.ask(
      "{ apiKeys { nodes { id } } customers { nodes { id } } relationships { nodes { id } } events { nodes { __typename } } }",
    );
    expect(lists.data).toEqual({
      apiKeys: { nodes: [{ id: ours.id }] },
      customers: { nodes: [] },
      relationships: { nodes: [] },
      events: { nodes: [{ __typename: "ApiKeyCreatedEvent" }] },
    });
    const update = await key.ask(
      `mutation ($id: ID!) { updateCustomer(input: { customerId: $id, companyName: "Mine" }) { userErrors { code } } }`,
      { id: customer.id },
    );
    expect(update.data.updateCustomer.userErrors).toEqual([{ code: "CUSTOMER_NOT_FOUND" }]);
  });
});

describe("a bearer's text", () => {
  it("is a token, whatever it is, unless it begins as API keys do", async () => {
    const { errors } = await server.withToken("pgk.a.b").ask(VIEWER);
    expect(errors).toMatchObject([{ extensions: { code: "TOKEN_INVALID" } }]);
  });
});

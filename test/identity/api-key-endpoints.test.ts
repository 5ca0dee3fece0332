import { AgentRole } from "../../entities/identity/user";
import { aCustomer, aPartnerUser } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { startTestServer, type TestServer } from "../support/test-server";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { aPartnerWithAdmin } from "./api-keys";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterEach(() => server.setClock());
afterAll(() => server.stop());

const KEY = `id name permissions status createdAt createdBy expiresAt lastUsedAt revokedAt version
  secrets { lastCharacters createdAt expiresAt }`;
const CREATE = `mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { apiKey { ${KEY} } secret userErrors { code field message details { ... on FieldRuleDetails { allowed } ... on RangeDetails { maximum } } } } }`;
const ROTATE = `mutation ($id: ID!, $hours: Int) {
  rotateApiKey(input: { apiKeyId: $id, overlapHours: $hours }) { apiKey { ${KEY} } secret userErrors { code field } } }`;
const REVOKE = `mutation ($id: ID!) {
  revokeApiKey(input: { apiKeyId: $id }) { apiKey { ${KEY} } userErrors { code field } } }`;
const VIEWER = `{ viewer { kind userId apiKeyId displayName email tenantId agentRoles adminRoles permissions
  partner { id } customer { id } } }`;

describe("over HTTP, a Global admin", () => {
  it("creates a key, sees it, rotates it and revokes it", async () => {
    const { actor } = await aPartnerWithAdmin(testContext);
    const admin = await callerFor(server, actor, true);
    const input = { name: "CRM", permissions: ["customer.read"], expiresAt: "2031-01-01T00:00:00Z" };
    const created = (await admin.ask(CREATE, { input })).data.createApiKey;
    expect(created).toEqual({
      apiKey: {
        id: expect.stringMatching(/^key_/),
        name: "CRM",
        permissions: ["customer.read"],
        status: "ACTIVE",
        createdAt: expect.any(String),
        createdBy: actor.userId,
        expiresAt: "2031-01-01T00:00:00.000Z",
        lastUsedAt: null,
        revokedAt: null,
        version: 1,
        secrets: [
          { lastCharacters: created.secret.slice(-4), createdAt: created.apiKey.createdAt, expiresAt: null },
        ],
      },
      secret: expect.stringMatching(/^pgk_[0-9A-Za-z]{49}$/),
      userErrors: [],
    });
    const { id } = created.apiKey as { id: string };
    const rotated = (await admin.ask(ROTATE, { id })).data.rotateApiKey;
    expect(rotated.apiKey).toMatchObject({
      id,
      version: 2,
      secrets: [{ expiresAt: null }, { expiresAt: expect.any(String) }],
    });
    const listed = await admin.ask(`{ apiKeys(status: ACTIVE) { totalCount nodes { ${KEY} } } }`);
    expect(listed.data.apiKeys).toEqual({ totalCount: 1, nodes: [rotated.apiKey] });
    const node = await admin.ask(
      `query ($id: ID!) { node(id: $id) { __typename ... on ApiKey { ${KEY} } } }`,
      { id },
    );
    expect(node.data.node).toEqual({ __typename: "ApiKey", ...rotated.apiKey });
    const revoked = (await admin.ask(REVOKE, { id })).data.revokeApiKey;
    expect(revoked.apiKey).toMatchObject({ status: "REVOKED", revokedAt: expect.any(String), secrets: [] });
    expect((await admin.ask(REVOKE, { id })).data.revokeApiKey).toEqual({
      apiKey: null,
      userErrors: [{ code: "API_KEY_ALREADY_REVOKED", field: "apiKeyId" }],
    });
  });

  it("gets the permissions that it could give with each refused one", async () => {
    const admin = await server.as("customer-admin-1");
    const { data } = await admin.ask(CREATE, {
      input: { name: "K", permissions: ["customer.create", "user.update"] },
    });
    expect(data.createApiKey).toMatchObject({ apiKey: null, secret: null });
    const allowed = expect.arrayContaining(["viewer.read", "event.read", "invitation.read"]);
    expect(data.createApiKey.userErrors).toMatchObject([
      { code: "FIELD_INVALID", field: "permissions", details: { allowed } },
      { code: "FIELD_INVALID", field: "permissions", details: { allowed } },
    ]);
  });

  it("of a customer makes keys as one of a partner does", async () => {
    const { customer, actor } = await aCustomer(testContext);
    const admin = await callerFor(server, actor, true);
    const permissions = ["viewer.read", "customer.read"];
    const { data } = await admin.ask(CREATE, { input: { name: "Ours", permissions } });
    const { viewer } = (await server.withToken(data.createApiKey.secret).ask(VIEWER)).data;
    expect(viewer).toEqual({
      kind: "API_KEY",
      userId: null,
      apiKeyId: data.createApiKey.apiKey.id,
      displayName: "Ours",
      email: null,
      tenantId: customer.tenantId,
      agentRoles: [],
      adminRoles: [],
      permissions,
      partner: null,
      customer: { id: customer.id },
    });
  });

  it("is the only one: an admin agent is told so at each door", async () => {
    const { partner } = await aPartnerWithAdmin(testContext);
    const agent = await callerFor(
      server,
      await aPartnerUser(testContext, partner, { agent: [AgentRole.ADMIN_AGENT] }),
    );
    const input = { name: "K", permissions: ["event.read"] };
    const id = "key_01h2xcejqtf2nbrexx3vqjhp41";
    for (const [document, variables] of [
      [CREATE, { input }],
      [ROTATE, { id }],
      [REVOKE, { id }],
      ["{ apiKeys { nodes { id } } }", {}],
    ] as const) {
      const { errors } = await agent.ask(document, variables);
      expect(errors).toMatchObject([
        { extensions: { code: "FORBIDDEN", details: { roles: ["GLOBAL_ADMIN"] } } },
      ]);
    }
  });
});

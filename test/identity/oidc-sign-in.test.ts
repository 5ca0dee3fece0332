import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Cloud } from "../../entities/partners/partner";
import { openSocket } from "../live/socket";
import { testContextOf } from "../api/at-the-endpoint";
import { aCustomer, anInvitation, aPartner } from "../support/builders";
import { startTestServer, type TestServer } from "../support/test-server";
import { AUDIENCE, type RunningProvider, startProvider } from "./provider";

const VIEWER = "{ viewer { kind displayName } }";
const GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10";

/**
 * What the server answers the bearer of a token: who it is, or the code of its refusal. Asks again while the provider
 * is too slow to answer, as a client would.
 */
async function answerTo(server: TestServer, token: string, triesLeft = 5): Promise<string> {
  const { data, errors } = await server.withToken(token).ask(VIEWER);
  const answer = data?.viewer.kind ?? errors?.[0]?.extensions.code;
  if (answer !== "SIGN_IN_UNAVAILABLE" || triesLeft === 0) return answer;
  await pause(2_000);
  return answerTo(server, token, triesLeft - 1);
}

describe("a server that trusts an OpenID Connect provider", () => {
  let provider: RunningProvider;
  let server: TestServer;
  let person: { tid: string; sub: string };
  beforeAll(async () => {
    provider = await startProvider();
    server = await startTestServer({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE });
    const { actor } = await aPartner(testContextOf(server));
    person = { tid: actor.tenantId, sub: actor.subject };
  });
  afterAll(async () => {
    await server.stop();
    await provider.kill();
  });

  it("has no development issuer beside it", () => {
    expect(server.running.developmentIssuer).toBeUndefined();
  });

  it("signs a person in with the provider's token over HTTP", async () => {
    expect(await answerTo(server, await provider.token(person))).toBe("PARTNER_USER");
  });

  it("signs a person in with the provider's token over WebSocket", async () => {
    const socket = await openSocket(server, await provider.token(person));
    socket.subscribe("1", VIEWER);
    const { payload } = await socket.heard(({ type }) => type === "next");
    expect(payload?.data.viewer).toEqual({ kind: "PARTNER_USER", displayName: "Test Agent" });
    socket.socket.close();
  });

  it("signs a customer's user in, and a prospect whom the provider calls Global admin", async () => {
    const { actor } = await aCustomer(testContextOf(server));
    const customer = { tid: actor.tenantId, sub: actor.subject };
    expect(await answerTo(server, await provider.token(customer))).toBe("CUSTOMER_USER");
    const outsider = { tid: randomUUID(), sub: "boss" };
    const boss = { ...outsider, wids: [GLOBAL_ADMIN] };
    expect(await answerTo(server, await provider.token(boss))).toBe("PROSPECT");
    expect(await answerTo(server, await provider.token(outsider))).toBe("TENANT_UNKNOWN");
  });

  it("refuses the provider's tokens for other servers, over HTTP and at the socket", async () => {
    const token = await provider.token(person, "https://other.example/api");
    expect(await answerTo(server, token)).toBe("TOKEN_INVALID");
    const socket = await openSocket(server);
    socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    expect(await socket.closed).toMatchObject({
      code: 4403,
      reason: expect.stringMatching(/^TOKEN_INVALID/),
    });
  });

  it("costs one statement when a person first asks, and none when it asks again at once", async () => {
    const { actor } = await aPartner(testContextOf(server));
    const token = await provider.token({ tid: actor.tenantId, sub: actor.subject });
    const statements = async () => {
      server.statements.length = 0;
      expect(await answerTo(server, token)).toBe("PARTNER_USER");
      return server.statements.length;
    };
    expect([await statements(), await statements()]).toEqual([1, 0]);
  });

  it("follows when the provider takes a new key: its tokens are good at once, the old key's no longer", async () => {
    const before = await provider.token(person);
    expect(await answerTo(server, before)).toBe("PARTNER_USER");
    await provider.rotate();
    expect(await answerTo(server, await provider.token(person))).toBe("PARTNER_USER");
    expect(await answerTo(server, before)).toBe("TOKEN_INVALID");
  });

  it("goes on with the keys that it knows when the provider dies", async () => {
    const token = await provider.token(person);
    expect(await answerTo(server, token)).toBe("PARTNER_USER");
    await provider.kill();
    expect(await answerTo(server, token)).toBe("PARTNER_USER");
  });
});

describe("a server whose provider is away", () => {
  it("starts all the same, and says that nobody can be signed in now, not that tokens are bad", async () => {
    const provider = await startProvider();
    const token = await provider.token({ tid: "t", sub: "s" });
    await provider.kill();
    const server = await startTestServer({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE });
    const { errors } = await server.withToken(token).ask(VIEWER);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "SIGN_IN_UNAVAILABLE",
      kind: "UNAVAILABLE",
      details: { retryAfterSeconds: 5 },
    });
    await server.stop();
  });
});

describe("a server that trusts one provider for each of two clouds", () => {
  let providers: RunningProvider[];
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    providers = await Promise.all([startProvider(), startProvider()]);
    folder = mkdtempSync(join(tmpdir(), "partnergraph-issuers-"));
    const file = join(folder, "issuers.json");
    const clouds = [Cloud.PUBLIC, Cloud.US_GOVERNMENT];
    const listed = providers.map(({ issuer }, at) => ({ issuer, audience: AUDIENCE, cloud: clouds[at] }));
    writeFileSync(file, JSON.stringify(listed));
    server = await startTestServer({ OIDC_ISSUERS_FILE: file });
  });
  afterAll(async () => {
    await server.stop();
    for (const provider of providers) await provider.kill();
    rmSync(folder, { recursive: true });
  });

  it("takes each one's word for the organizations of its own cloud, and not for the other's", async () => {
    const testContext = testContextOf(server);
    const partners = [
      await aPartner(testContext),
      await aPartner(testContext, { cloud: Cloud.US_GOVERNMENT }),
    ];
    const customers = [
      await aCustomer(testContext),
      await aCustomer(testContext, { cloud: Cloud.US_GOVERNMENT }),
    ];
    for (const [at, provider] of providers.entries()) {
      for (const [home, { actor }] of [...partners.entries(), ...customers.entries()]) {
        const token = await provider.token({ tid: actor.tenantId, sub: actor.subject });
        expect(await answerTo(server, token)).toBe(home === at ? actor.kind : "TENANT_UNKNOWN");
      }
    }
  });

  it("lets neither one's Global admin accept an invitation for an organization of the other's cloud", async () => {
    const testContext = testContextOf(server);
    const { actor } = await aCustomer(testContext);
    const { token: link } = await anInvitation(testContext, await aPartner(testContext));
    const boss = { tid: actor.tenantId, sub: actor.subject, wids: [GLOBAL_ADMIN] };
    const [own = "", foreign = ""] = await Promise.all(providers.map((provider) => provider.token(boss)));
    expect([await answerTo(server, own), await answerTo(server, foreign)]).toEqual([
      "CUSTOMER_USER",
      "PROSPECT",
    ]);
    const document = `mutation($link: String!) {
      acceptInvitation(input: { token: $link }) { relationships { customerId } userErrors { code } }
    }`;
    const accept = async (token: string) =>
      (await server.withToken(token).ask(document, { link })).data.acceptInvitation;
    const { relationships, userErrors } = await accept(foreign);
    expect(relationships).toBeFalsy();
    expect(userErrors[0].code).toBe("COMPANY_DETAILS_REQUIRED");
    expect(await accept(own)).toEqual({ relationships: [{ customerId: actor.customerId }], userErrors: [] });
  });

  it("does not believe a token that one made in the other's name", async () => {
    const [first, second] = providers;
    const { actor } = await aPartner(testContextOf(server));
    const forged = await second?.token({ tid: actor.tenantId, sub: actor.subject, iss: first?.issuer });
    expect(await answerTo(server, forged ?? "")).toBe("TOKEN_INVALID");
  });
});

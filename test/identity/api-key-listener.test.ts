import { revokeApiKey, rotateApiKey } from "../../src/identity";
import type { TestContext } from "../support/test-context";
import { startTestServer, type TestServer } from "../support/test-server";
import { testContextOf } from "../api/at-the-endpoint";
import { openSocket } from "../live/socket";
import { commitEvents, listenersLeft } from "../live/scenario";
import { anApiKey, aPartnerWithAdmin } from "./api-keys";
import { within } from "../support/patience";

let server: TestServer;
let testContext: TestContext;
beforeAll(async () => {
  server = await startTestServer();
  testContext = testContextOf(server);
});
afterAll(() => server.stop());

/** A new partner's key that may read events and nothing else. */
async function aKey(expiresAt?: string) {
  const { partner, actor } = await aPartnerWithAdmin(testContext);
  const { apiKey, secret } = await anApiKey(testContext, actor, { expiresAt });
  const revoke = () => revokeApiKey(testContext.as(actor), { apiKeyId: apiKey.id });
  const rotate = () => rotateApiKey(testContext.as(actor), { apiKeyId: apiKey.id, overlapHours: 0 });
  return { secret, partnerId: partner.id, revoke, rotate };
}

/** A socket that listens with a key. */
async function listeningSocket(secret: string) {
  const socket = await openSocket(server, secret);
  socket.subscribe("1", "subscription { events { id } }");
  expect(await listenersLeft(server, 1)).toBe(1);
  return socket;
}

describe("an API key that may only read events", () => {
  it("hears them over a WebSocket as they happen", async () => {
    const { secret, partnerId } = await aKey();
    const listener = await server.withToken(secret).listen("subscription { events { type position } }");
    await commitEvents(server, partnerId, 1);
    expect((await listener.next()).data).toEqual({ events: { type: "CUSTOMER_UPDATED", position: 2 } });
    listener.stop();
    expect(await listenersLeft(server)).toBe(0);
  });

  it("hears nothing of another organization", async () => {
    const [ours, theirs] = [await aKey(), await aKey()];
    const listener = await server.withToken(ours.secret).listen("subscription { events { id } }");
    await commitEvents(server, theirs.partnerId, 3);
    await expect(listener.next(700)).rejects.toThrow("no message");
    listener.stop();
  });

  it("hears them over server-sent events as well", async () => {
    const { secret, partnerId } = await aKey();
    const query = encodeURIComponent("subscription { events { type } }");
    const headers = { authorization: `Bearer ${secret}`, accept: "text/event-stream" };
    const leave = new AbortController();
    const response = await fetch(`${server.url}/graphql/stream?query=${query}`, {
      headers,
      signal: leave.signal,
    });
    expect(response.status).toBe(200);
    await listenersLeft(server, 1);
    await commitEvents(server, partnerId, 1);
    let heard = "";
    for await (const bytes of response.body ?? []) {
      heard += Buffer.from(bytes as Uint8Array).toString();
      if (heard.includes("CUSTOMER_UPDATED")) break;
    }
    leave.abort();
    expect(await listenersLeft(server)).toBe(0);
  });

  it.each(["revoke", "rotate"] as const)(
    "is off within five seconds when a Global admin does %s it with no overlap",
    async (what) => {
      const key = await aKey();
      const socket = await listeningSocket(key.secret);
      await key[what]();
      const startedAt = performance.now();
      expect((await socket.closed).code).toBe(4403);
      expect(performance.now() - startedAt).toBeLessThan(within(5_000));
      expect(await listenersLeft(server)).toBe(0);
    },
  );

  /** As long as a busy machine may need to sign it in. */
  const LIFETIME_MS = 5_000;

  it("is off when its end comes", async () => {
    const { secret } = await aKey(new Date(Date.now() + LIFETIME_MS).toISOString());
    const socket = await listeningSocket(secret);
    const startedAt = performance.now();
    expect((await socket.closed).code).toBe(4403);
    expect(performance.now() - startedAt).toBeLessThan(within(LIFETIME_MS));
    expect(await listenersLeft(server)).toBe(0);
  });

  it("is closed out of a WebSocket when it is mistyped, with the reason", async () => {
    const { secret } = await aKey();
    const socket = await openSocket(server);
    socket.send({ type: "connection_init", payload: { authorization: `Bearer ${secret.slice(0, -1)}` } });
    const { code, reason } = await socket.closed;
    expect(code).toBe(4403);
    expect(reason).toMatch(/^API_KEY_INVALID: /);
    expect(reason).not.toContain(secret.slice(0, 10));
  });

  const id = "cust_01h2xcejqtf2nbrexx3vqjhp41";
  it.each([
    ["viewer.read", "{ viewer { kind } }"],
    ["node.read", `{ node(id: "${id}") { id } }`],
    ["customer.read", "{ customers { nodes { id } } }"],
    ["invitation.read", "{ invitations { nodes { id } } }"],
    ["relationship.read", "{ relationships { nodes { id } } }"],
    ["offer.read", "{ offers { nodes { id } } }"],
    ["subscription.read", "{ subscriptions { nodes { id } } }"],
    ["api-key.read", "{ apiKeys { nodes { id } } }"],
    [
      "customer.create",
      `mutation { createCustomer(input: { companyName: "C", domain: "c.example", country: "US", contactEmail: "a@c.example" }) { userErrors { code } } }`,
    ],
    [
      "customer.update",
      `mutation { updateCustomer(input: { customerId: "${id}" }) { userErrors { code } } }`,
    ],
    ["invitation.create", "mutation { inviteCustomer(input: { reusable: true }) { userErrors { code } } }"],
    [
      "relationship.remove",
      `mutation { removeRelationship(input: { relationshipId: "${id}" }) { userErrors { code } } }`,
    ],
  ])("is told that it lacks %s, and nothing is done", async (permission, document) => {
    const { secret } = await aKey();
    const { errors } = await server.withToken(secret).ask(document);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining(
          `This API key does not have the permission ${permission}: a Global admin can make one that does.`,
        ),
        extensions: { code: "FORBIDDEN", details: { permission } },
      },
    ]);
  });

  it.each([
    ["createApiKey", `(input: { name: "K", permissions: ["event.read"] })`],
    ["rotateApiKey", `(input: { apiKeyId: "key_01h2xcejqtf2nbrexx3vqjhp41" })`],
    ["revokeApiKey", `(input: { apiKeyId: "key_01h2xcejqtf2nbrexx3vqjhp41" })`],
  ])("is told that %s is for people", async (mutation, input) => {
    const { secret } = await aKey();
    const { errors } = await server
      .withToken(secret)
      .ask(`mutation { ${mutation}${input} { userErrors { code } } }`);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining("No API key may; a person must sign in."),
        extensions: { code: "FORBIDDEN" },
      },
    ]);
  });
});

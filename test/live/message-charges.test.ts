import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { startTestServer, type TestServer } from "../support/test-server";
import { askOverHttp, sendBody } from "../limits/endpoints";
import { until } from "../webhooks/webhook-test-context";
import { openSocket, type RawSocket } from "./socket";
import { upgrade } from "./upgrade";

const BUDGET = 200;
const REQUESTS = 20;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    ...{ LIMIT_BUDGET: String(BUDGET), LIMIT_ANONYMOUS_REQUESTS: String(REQUESTS) },
    ...{ LIMIT_BUDGET_SECONDS: "60", TRUSTED_PROXIES: "127.0.0.1" },
  });
  // What the server has read before costs nothing to read.
  await askOverHttp(server, "{ __typename }", { token: await server.token("customer-admin-2") });
});
afterAll(() => server.stop());
const opened: RawSocket[] = [];
afterEach(() => {
  for (const { socket } of opened.splice(0)) socket.terminate();
});

async function socketOf(...given: [token?: string, headers?: Record<string, string>]): Promise<RawSocket> {
  const socket = await openSocket(server, ...given);
  opened.push(socket);
  return socket;
}

/** The points that somebody has left, besides the one that asking costs. */
async function leftTo(token: string): Promise<number> {
  const { headers } = await askOverHttp(server, "{ __typename }", { token });
  return Number(headers.get("ratelimit-remaining")) + 1;
}

/** The requests that an address has left, besides the one that asking costs. */
async function leftAt(address: string): Promise<number> {
  const headers = { "content-type": "application/json", "x-forwarded-for": address };
  const answer = await sendBody(server, '{"query":"{ __typename }"}', headers);
  return Number(answer.headers.get("ratelimit-remaining")) + 1;
}

const long = (length: number) => "x".repeat(length);
const lengthOf = (message: object) => Buffer.byteLength(JSON.stringify(message));

describe("a message of a socket that asks for nothing that can be done", () => {
  it.each<[string, string, (text: string) => object, string]>([
    ["has no query", "direct-agent", (text) => ({ variables: { text } }), "BAD_REQUEST"],
    [
      "has variables that are none",
      "direct-admin",
      (text) => ({ query: "{x}", variables: text }),
      "BAD_REQUEST",
    ],
    [
      "has a refused name",
      "provider-agent",
      (text) => ({ query: "{x}", variables: { __proto__x: 1, ["__proto__"]: text } }),
      "BAD_REQUEST",
    ],
  ])("is charged to its caller by its size where it %s", async (_, person, payloadOf, code) => {
    const token = await server.token(person);
    const { send, heard } = await socketOf(token);
    const message = { type: "subscribe", id: "1", payload: payloadOf(long(60_000)) };
    send(message);
    const { payload } = await heard(({ type }) => type === "error");
    expect(payload).toMatchObject([{ extensions: { code } }]);
    expect(await leftTo(token)).toBe(BUDGET - 1 - Math.floor(lengthOf(message) / 1_000));
  });

  it("is charged where its id is too long, or its socket runs enough operations", async () => {
    const token = await server.token("reseller-agent");
    const { send, heard } = await socketOf(token);
    const message = { type: "subscribe", id: long(50_000), payload: { query: "{ viewer { kind } }" } };
    send(message);
    await heard(({ type }) => type === "error");
    expect(await leftTo(token)).toBe(BUDGET - 1 - Math.floor(lengthOf(message) / 1_000));
  });

  it.each<[string, string, unknown]>([
    ["of an unknown type", "192.0.2.11", { type: "start", payload: long(40_000) }],
    ["that only a server sends", "192.0.2.12", { type: "next", id: "1", payload: { data: long(40_000) } }],
    ["that is a list", "192.0.2.13", [long(40_000)]],
    ["that is a pong with a text", "192.0.2.14", { type: "pong", payload: long(40_000) }],
    [
      "that asks before it has signed in",
      "192.0.2.15",
      { type: "subscribe", id: "1", payload: { query: long(40_000) } },
    ],
  ])("is charged to its address, and ends the socket: one %s", async (_, address, message) => {
    const { socket, closed } = await socketOf(undefined, { "x-forwarded-for": address });
    socket.send(JSON.stringify(message));
    expect([4400, 4401]).toContain((await closed).code);
    expect(await leftAt(address)).toBe(REQUESTS - 3);
  });

  it("is charged to its address where it signs in with a long payload", async () => {
    const address = "192.0.2.16";
    const { send, heard } = await socketOf(undefined, { "x-forwarded-for": address });
    const authorization = `Bearer ${await server.token("direct-agent")}`;
    send({ type: "connection_init", payload: { authorization, more: long(40_000) } });
    await heard(({ type }) => type === "connection_ack");
    expect(await leftAt(address)).toBe(REQUESTS - 3);
  });
});

describe("pings and pongs", () => {
  it("cost nothing as often as keeping a connection takes", async () => {
    const token = await server.token("provider-admin");
    const { socket, send, messages, heard } = await socketOf(token);
    for (let n = 0; n < 40; n++) send({ type: "ping", payload: { n } });
    // What answers a heartbeat of twenty operations.
    send({ type: "pong", payload: { heartbeat: long(4_000) } });
    for (let n = 0; n < 40; n++) socket.ping("still here");
    await heard(() => messages.filter(({ type }) => type === "pong").length === 40);
    expect(await leftTo(token)).toBe(BUDGET);
  });

  it("of WebSocket's own that arrive together end nothing: the newest is answered", async () => {
    const { socket } = await socketOf(await server.token("provider-agent"));
    const answered: string[] = [];
    socket.on("pong", (payload: Buffer) => answered.push(payload.toString()));
    const { _socket: tcp } = socket as unknown as { _socket: Socket };
    // In one packet or two, as they arrive at a server that was busy for a moment.
    tcp.cork();
    for (let n = 1; n <= 150; n++) socket.ping(String(n));
    tcp.uncork();
    await until(() => answered.at(-1) === "150");
    expect(socket.readyState).toBe(socket.OPEN);
  });

  it.each<[string, string, (socket: RawSocket) => void]>([
    ["pings", "customer-admin-1", ({ send }) => send({ type: "ping", payload: { text: long(30_000) } })],
    ["pongs", "reseller-admin", ({ send }) => send({ type: "pong", payload: { text: long(30_000) } })],
    ["completions", "newcomer-admin", ({ send }) => send({ type: "complete", id: long(30_000) })],
    [
      "WebSocket's own pings",
      "customer-admin-2",
      ({ socket }) => {
        for (let n = 0; n < 50; n++) socket.ping(long(100));
      },
    ],
  ])(
    "beyond that are charged, and end the socket when the budget is used up: %s",
    async (_, person, send) => {
      const token = await server.token(person);
      const socket = await socketOf(token);
      for (let n = 0; n < 80; n++) {
        send(socket);
        await pause(5);
      }
      const { code, reason } = await socket.closed;
      expect({ code, reason }).toEqual({
        code: 4429,
        reason: expect.stringMatching(/^RATE_LIMITED: /) as string,
      });
      expect((await askOverHttp(server, "{ viewer { kind } }", { token })).status).toBe(429);
    },
  );
});

it("an upgrade that is refused is charged to its address", async () => {
  const headers = { "x-forwarded-for": "192.0.2.20", origin: "https://elsewhere.example" };
  for (let n = 0; n < 3; n++) expect((await upgrade(server, headers)).status).toBe(403);
  expect(await leftAt("192.0.2.20")).toBe(REQUESTS - 3);
});

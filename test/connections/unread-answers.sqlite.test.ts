import { testContextOf } from "../api/at-the-endpoint";
import { fat, headersOf } from "../activity/downloads";
import { openSocket } from "../live/socket";
import { aPartner } from "../support/builders";
import { AT_ONCE_MS } from "../support/patience";
import { startTestServer, type TestServer } from "../support/test-server";
import { deafConnection, type DeafPeer, deafSocket, type Seen, watchUntil } from "./deaf-peers";

/*
 * On SQLite only: no database has a part in it. The kernel takes some megabytes of each connection before anything waits in
 * the process, so each peer is sent more than that.
 */

let server: TestServer;
let token: string;
let authorization: string;
beforeAll(async () => {
  const limits = {
    ...{ LIMIT_UNREAD_SECONDS: "1", METRICS_PORT: "0", LIMIT_BUDGET: "100000000" },
    ...{ LIMIT_ANONYMOUS_REQUESTS: "1000000" },
  };
  // What WebSocket's own pings are answered with is little, and does not wait: who does not read it is found by a ping.
  server = await startTestServer(limits, undefined, { pingMs: 2_000 });
  const testContext = testContextOf(server);
  const seller = await aPartner(testContext);
  await fat(testContext, seller, 4_000);
  ({ authorization } = await headersOf(server, seller.actor));
  token = authorization.slice("Bearer ".length);
});
afterAll(() => server.stop());

const peers: DeafPeer[] = [];
afterEach(() => {
  for (const peer of peers.splice(0)) peer.end();
});
async function several<Peer extends DeafPeer>(count: number, open: () => Promise<Peer>): Promise<Peer[]> {
  const opened = await Promise.all(Array.from({ length: count }, open));
  peers.push(...opened);
  return opened;
}

/** What is promised at every endpoint. */
function expectBounded(seen: Seen): void {
  expect(seen.isOver).toBe(true);
  expect(seen.mostHeld).toBeLessThan(50);
  expect(seen.mostUnread).toBeLessThan(50);
  expect(seen.slowestAnswer).toBeLessThan(AT_ONCE_MS);
  expect(server.running.connections.unread).toBe(0);
}

/** Whether the server has cut off so many connections from now on. */
function cutOffFromNow(count: number): () => boolean {
  const { connections } = server.running;
  const before = connections.cutOff;
  return () => connections.cutOff >= before + count;
}

/** Some 6 MB: 500 records of 3 kB, four times. */
const LONG_LIST =
  "{ activityLog(first: 500) { nodes { a: newValues b: newValues c: newValues d: newValues } } }";

const requestOf = (method: string, path: string, headers: string[], body = "") =>
  [
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    "",
    body,
  ].join("\r\n");
const asJson = "Content-Type: application/json";

describe("peers that read nothing leave bounded memory behind, harm nobody, and are cut off", () => {
  const asked = JSON.stringify({ query: LONG_LIST });
  const endpoints: Record<string, () => string> = {
    "POST /graphql": () => requestOf("POST", "/graphql", [asJson, `Authorization: ${authorization}`], asked),
    "GET /graphql": () =>
      requestOf("GET", `/graphql?query=${encodeURIComponent(LONG_LIST)}`, [
        `Authorization: ${authorization}`,
      ]),
    "a stream": () =>
      requestOf(
        "POST",
        "/graphql/stream",
        [asJson, "Accept: text/event-stream", `Authorization: ${authorization}`],
        asked,
      ),
    "GET /activity-log.csv": () => requestOf("GET", "/activity-log.csv", [`Authorization: ${authorization}`]),
    "GET /explorer": () => requestOf("GET", "/explorer", []),
  };

  it.each(Object.entries(endpoints))("at %s, which answers much", async (_name, request) => {
    const isOver = cutOffFromNow(4);
    for (const peer of await several(4, () => deafConnection(server))) peer.send(request());
    expectBounded(await watchUntil(server, { isOver, act: () => undefined }, 60_000));
  });

  it("at the invitation page and the metrics, asked for again and again", async () => {
    const [page] = await several(1, () => deafConnection(server));
    const [figures] = await several(1, () => deafConnection({ url: server.running.metricsUrl ?? "" }));
    // Cut off, or closed for sending requests without waiting for their answers, whichever comes first.
    const isOver = () => [page, figures].every((peer) => peer?.isClosed);
    const act = () => {
      page?.send(requestOf("GET", "/invitation", []).repeat(8));
      figures?.send(requestOf("GET", "/metrics", []).repeat(8));
    };
    expectBounded(await watchUntil(server, { isOver, act }, 60_000));
  });

  it("at a WebSocket, whatever they send there", async () => {
    let id = 0;
    const ping = JSON.stringify({ type: "ping", payload: { filler: "x".repeat(900) } });
    const subscribe = (query: string) =>
      JSON.stringify({ type: "subscribe", id: `${++id}-${"i".repeat(190)}`, payload: { query } });
    const mistaken = `{ ${["a", "b", "c", "d", "e"].map((letter) => letter.repeat(190)).join(" ")} }`;
    const kinds: [message: () => string, DeafPeer[]][] = [
      [() => ping, await several(2, () => deafSocket(server))],
      [() => ping, await several(2, () => deafSocket(server, token))],
      [() => subscribe(mistaken), await several(1, () => deafSocket(server, token))],
    ];
    const pinging = await several(1, () => deafSocket(server, token));
    const answered = await several(2, () => deafSocket(server, token));
    for (const peer of answered) for (let n = 0; n < 3; n++) peer.send(subscribe(LONG_LIST));
    const act = () => {
      for (const [message, deaf] of kinds)
        for (const peer of deaf) for (let n = 0; n < 50 && peer.send(message()); n++);
      for (const { socket } of pinging)
        for (let n = 0; n < 500 && socket.bufferedAmount < 100_000; n++) socket.ping("x".repeat(125));
    };
    const all = [...kinds.flatMap(([, deaf]) => deaf), ...pinging, ...answered];
    // A socket learns that it was cut off when it sends.
    const isOver = () => all.every((peer) => peer.isClosed || (peer.send(ping), false));
    expectBounded(await watchUntil(server, { isOver, act }, 60_000));
  });

  it("get no long payload of a ping back, and short ones do", async () => {
    const raw = await openSocket(server);
    raw.send({ type: "ping", payload: { filler: "x".repeat(60_000) } });
    expect(await raw.heard(({ type }) => type === "pong")).toEqual({ type: "pong" });
    raw.send({ type: "ping", payload: { a: 1 } });
    await raw.heard(({ type, payload }) => type === "pong" && payload !== undefined);
    raw.socket.terminate();
  });
});

describe("an answer that is longer than one connection may have unread", () => {
  const TOO_LONG = LONG_LIST.replace("d: newValues", "d: newValues e: newValues f: newValues");
  const refused = {
    extensions: { code: "OPERATION_TOO_LARGE", details: { limit: "answer", maximum: 8 * 2 ** 20 } },
  };

  it("is refused over HTTP, the first time and again, and over a socket, which stays open", async () => {
    const ask = () =>
      fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body: JSON.stringify({ query: TOO_LONG }),
      });
    for (let n = 0; n < 3; n++) {
      const response = await ask();
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [refused] });
    }
    const raw = await openSocket(server, token);
    raw.subscribe("1", TOO_LONG);
    expect(await raw.heard(({ id }) => id === "1")).toMatchObject({
      type: "next",
      payload: { errors: [refused] },
    });
    raw.subscribe("2", "{ __typename }");
    expect(await raw.heard(({ id }) => id === "2")).toMatchObject({
      payload: { data: { __typename: "Query" } },
    });
    raw.socket.terminate();
  });
});

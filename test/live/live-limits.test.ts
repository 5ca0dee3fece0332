import WebSocket from "ws";
import { startTestServer, type TestServer } from "../support/test-server";
import { openSocket, type RawSocket } from "./socket";
import { openStream, type RawStream } from "./stream";
import { HEAD, listenersLeft } from "./scenario";
import { upgrade } from "./upgrade";

const EVENTS = `subscription { events { ${HEAD} } }`;

let server: TestServer;
const start = async (environment: Record<string, string>) => (server = await startTestServer(environment));
const opened: (RawSocket | RawStream)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    if ("socket" in one) one.socket.terminate();
    else one.hangUp();
  }
  await server.stop();
});

async function socketOf(person?: string): Promise<RawSocket> {
  const socket = await openSocket(server, person && (await server.token(person)));
  opened.push(socket);
  return socket;
}

/** What became of a socket that says who it is. */
async function signInOf(person: string): Promise<{ code: number; reason: string } | "in"> {
  const socket = await socketOf();
  socket.send({
    type: "connection_init",
    payload: { authorization: `Bearer ${await server.token(person)}` },
  });
  const acknowledged = new Promise<"in">((resolve) => socket.socket.once("message", () => resolve("in")));
  return Promise.race([socket.closed, acknowledged]);
}

async function streamOf(person: string): Promise<RawStream> {
  const stream = await openStream(server, { token: await server.token(person), query: EVENTS });
  opened.push(stream);
  return stream;
}

/** Waits until a socket finds a place again. */
async function placeFound(headers: Record<string, string> = {}): Promise<number> {
  for (let tries = 0; ; tries++) {
    const { status } = await upgrade(server, headers);
    if (status === 101 || tries > 1_000) return status;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

describe("the sockets and streams of one user", () => {
  it("are as many as one may have, together, and the next is refused with 4429 or 429", async () => {
    await start({ LIMIT_SOCKETS_PER_USER: "3" });
    for (let n = 0; n < 2; n++) expect(await signInOf("direct-agent")).toBe("in");
    const stream = await streamOf("direct-agent");
    expect(stream.status).toBe(200);

    expect(await signInOf("direct-agent")).toEqual({
      code: 4429,
      reason: "RATE_LIMITED: You have 3 sockets and streams open. Close some.",
    });
    const refused = await streamOf("direct-agent");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await refused.over;
    expect(JSON.parse(refused.text())).toMatchObject({
      errors: [{ extensions: { code: "RATE_LIMITED", kind: "LIMITED", details: { maximum: 3 } } }],
    });
    expect(await signInOf("direct-admin")).toBe("in");

    stream.hangUp();
    expect(await listenersLeft(server)).toBe(0);
    expect(await signInOf("direct-agent")).toBe("in");
  });
});

describe("the sockets and streams of one node", () => {
  it("are as many as it takes; the next upgrade or stream gets 503 and Retry-After until one is closed", async () => {
    await start({ LIMIT_SOCKETS_PER_NODE: "3" });
    const [socket] = [await socketOf("direct-agent"), await socketOf()];
    expect((await streamOf("direct-agent")).status).toBe(200);
    for (const { status, headers, body } of [
      await upgrade(server),
      await streamOf("direct-admin").then(async (refused) => {
        await refused.over;
        return { ...refused, body: refused.text() };
      }),
    ]) {
      expect(status).toBe(503);
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(JSON.parse(body)).toMatchObject({
        errors: [{ extensions: { code: "SERVICE_BUSY", kind: "UNAVAILABLE" } }],
      });
    }
    socket?.socket.close();
    expect(await placeFound()).toBe(101);
  });
});

describe("the sockets of one address that have not signed in", () => {
  it("are as many as it may have; the next upgrade gets 429, also when others have signed in", async () => {
    await start({ LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: "2" });
    const known = [
      await socketOf("direct-agent"),
      await socketOf("direct-agent"),
      await socketOf("direct-agent"),
    ];
    const unknown = [await socketOf(), await socketOf()];
    const refused = await upgrade(server);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(refused.body)).toMatchObject({
      errors: [{ extensions: { code: "RATE_LIMITED", details: { maximum: 2 } } }],
    });
    expect((await streamOf("direct-agent")).status).toBe(429);

    unknown[0]?.send({
      type: "connection_init",
      payload: { authorization: `Bearer ${await server.token("direct-admin")}` },
    });
    await unknown[0]?.heard(({ type }) => type === "connection_ack");
    expect((await upgrade(server)).status).toBe(101);
    for (const { socket } of known) expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it("are counted for the address that a trusted proxy tells, and for no other word", async () => {
    await start({ LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: "1", TRUSTED_PROXIES: "127.0.0.1" });
    const url = `${server.url.replace("http", "ws")}/graphql`;
    const from = (address: string) => ({ "x-forwarded-for": address });
    const socket = new WebSocket(url, "graphql-transport-ws", { headers: from("203.0.113.1") });
    await new Promise((resolve) => socket.once("open", resolve));
    expect((await upgrade(server, from("203.0.113.1"))).status).toBe(429);
    expect((await upgrade(server, from("198.51.100.7, 203.0.113.1"))).status).toBe(429);
    expect((await upgrade(server, from("203.0.113.2"))).status).toBe(101);
    socket.terminate();
    expect(await placeFound(from("203.0.113.1"))).toBe(101);

    await server.stop();
    await start({ LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: "1" });
    await socketOf();
    expect((await upgrade(server, from("203.0.113.9"))).status).toBe(429);
  });
});

describe("one socket", () => {
  it("runs as many operations at once as it may, and the next is refused with the limit", async () => {
    await start({ LIMIT_OPERATIONS_PER_SOCKET: "2" });
    const socket = await socketOf("direct-agent");
    for (const id of ["1", "2", "3"]) socket.subscribe(id, EVENTS);
    const refused = await socket.heard(({ type }) => type === "error");
    expect(refused).toMatchObject({
      id: "3",
      payload: [
        {
          message: "One socket runs at most 2 operations at once. Complete one first.",
          extensions: { code: "RATE_LIMITED", kind: "LIMITED", details: { maximum: 2 } },
        },
      ],
    });
    expect(await listenersLeft(server, 2)).toBe(2);
  });

  it("is closed at a message in more than 64 fragments, which an anonymous caller could fill the memory with", async () => {
    await start({});
    jest.spyOn(console, "error").mockImplementation(() => undefined); // graphql-ws writes the ws library's error there.
    const socket = await socketOf();
    for (let n = 0; n < 70; n++) socket.socket.send("x", { fin: false });
    expect(await socket.closed).toMatchObject({ code: 1008 });
    jest.restoreAllMocks();
  });
});

describe("guessing at tokens over a socket or a stream", () => {
  it("uses up the anonymous caller's budget of its address", async () => {
    await start({ LIMIT_ANONYMOUS_REQUESTS: "3" });
    const guess = async () => {
      const socket = await openSocket(server);
      socket.send({ type: "connection_init", payload: { authorization: "Bearer guess" } });
      return (await socket.closed).code;
    };
    expect([await guess(), await guess()]).toEqual([4403, 4403]);
    expect((await openStream(server, { token: "guess", query: EVENTS })).status).toBe(401);
    expect(await guess()).toBe(4429);
    const refused = await openStream(server, { token: "guess", query: EVENTS });
    expect(refused.status).toBe(429);
    expect(await signInOf("direct-agent")).toBe("in");
  });
});

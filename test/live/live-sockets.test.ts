import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startTestServer, type TestServer } from "../support/test-server";
import { openSocket, type RawSocket } from "./socket";
import { commitEvents, HEAD, listenersLeft, organizationOf } from "./scenario";

let server: TestServer;
let organizationId: string;
beforeAll(async () => {
  server = await startTestServer();
  organizationId = await organizationOf(server, "direct-agent");
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

// Not a measure of speed: on a busy machine 2,000 events to 22 listeners take many times what they take on an idle one.

const EVENTS = `subscription { events { ${HEAD} } }`;

const opened: RawSocket[] = [];
const anAgentsSocket = async () => {
  const socket = await openSocket(server, await server.token("direct-agent"));
  opened.push(socket);
  return socket;
};
// Whatever a failed test left open would be counted as a listener of the next one.
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate();
  await listenersLeft(server);
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What the heap holds on to, in MiB: garbage that nobody has collected yet says nothing about a leak. */
const heldMemory = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

/** Stops reading, so that what the server sends fills the buffers on the way. */
const stopReading = ({ socket }: RawSocket) => (socket as unknown as { _socket: Socket })._socket.pause();

const positionsOf = ({ messages }: RawSocket, id: string) =>
  messages
    .filter((message) => message.type === "next" && message.id === id)
    .map(({ payload }) => payload?.data?.events.position as number);

describe("a socket that stops reading", () => {
  it("harms nobody during 2,000 events: the others get all of them in order, and it is let go when it is cut off", async () => {
    const deaf = await anAgentsSocket();
    const alert = [await anAgentsSocket(), await anAgentsSocket()];
    for (let n = 0; n < 20; n++) deaf.subscribe(`${n}`, EVENTS);
    for (const socket of alert) socket.subscribe("1", EVENTS);
    expect(await listenersLeft(server, 22)).toBe(22);
    stopReading(deaf);
    const memory = heldMemory();
    await commitEvents(server, organizationId, 2_000);

    for (const socket of alert) {
      for (let waited = 0; positionsOf(socket, "1").length < 2_000 && waited < 60_000; waited += 20)
        await pause(20);
      const positions = positionsOf(socket, "1");
      expect(positions).toEqual(Array.from({ length: 2_000 }, (_, at) => (positions[0] ?? 0) + at));
    }
    expect(heldMemory() - memory).toBeLessThan(50);
    const viewer = await (await server.as("direct-agent")).ask("{ viewer { email } }");
    expect(viewer.errors).toBeUndefined();

    for (const { socket } of [deaf, ...alert]) socket.terminate();
    expect(await listenersLeft(server)).toBe(0);
  });

  it("and reads again gets everything that it missed, in order", async () => {
    const slow = await anAgentsSocket();
    slow.subscribe("1", `subscription { events { ${HEAD} ... on CustomerEvent { companyName domain } } }`);
    expect(await listenersLeft(server, 1)).toBe(1);
    stopReading(slow);
    await commitEvents(server, organizationId, 1_500);
    await pause(200);
    (slow.socket as unknown as { _socket: Socket })._socket.resume();
    for (let waited = 0; positionsOf(slow, "1").length < 1_500 && waited < 60_000; waited += 20)
      await pause(20);
    const positions = positionsOf(slow, "1");
    expect(positions).toEqual(Array.from({ length: 1_500 }, (_, at) => (positions[0] ?? 0) + at));
    slow.socket.terminate();
    expect(await listenersLeft(server)).toBe(0);
  });
});

describe("a listener's place on the server", () => {
  it("is free again after it unsubscribes, while the others of its socket stay", async () => {
    const socket = await anAgentsSocket();
    for (const id of ["1", "2"]) socket.subscribe(id, EVENTS);
    expect(await listenersLeft(server, 2)).toBe(2);
    socket.send({ type: "complete", id: "1" });
    expect(await listenersLeft(server, 1)).toBe(1);
    await commitEvents(server, organizationId, 1);
    await socket.heard(({ id, type }) => id === "2" && type === "next");
    expect(positionsOf(socket, "1")).toEqual([]);
    socket.send({ type: "complete", id: "2" });
    expect(await listenersLeft(server)).toBe(0);
    socket.socket.close();
  });

  it.each([
    ["is closed", ({ socket }: RawSocket) => socket.close()],
    ["is cut off", ({ socket }: RawSocket) => socket.terminate()],
    ["breaks the protocol", (raw: RawSocket) => raw.socket.send("this is no JSON")],
  ])("is free again after its socket %s", async (_what, end) => {
    const socket = await anAgentsSocket();
    for (const id of ["1", "2", "3"]) socket.subscribe(id, EVENTS);
    expect(await listenersLeft(server, 3)).toBe(3);
    end(socket);
    await socket.closed;
    expect(await listenersLeft(server)).toBe(0);
  });

  it("is free again when the listener goes while it is still being signed up", async () => {
    for (let round = 0; round < 20; round++) {
      const socket = await anAgentsSocket();
      socket.subscribe("1", EVENTS);
      if (round % 2) socket.send({ type: "complete", id: "1" });
      await pause(round % 5);
      socket.socket.terminate();
    }
    await pause(300);
    expect(await listenersLeft(server)).toBe(0);
  });
});

describe("a socket that wants too much", () => {
  it("is refused its 21st operation, and may have another one when one has ended", async () => {
    const socket = await anAgentsSocket();
    for (let n = 1; n <= 21; n++) socket.subscribe(`${n}`, EVENTS);
    const refused = await socket.heard(({ type }) => type === "error");
    expect(refused).toMatchObject({
      id: "21",
      payload: [{ extensions: { requestId: expect.any(String) as string } }],
    });
    expect(await listenersLeft(server, 20)).toBe(20);
    socket.send({ type: "complete", id: "7" });
    expect(await listenersLeft(server, 19)).toBe(19);
    socket.subscribe("22", EVENTS);
    expect(await listenersLeft(server, 20)).toBe(20);
    socket.socket.close();
    expect(await listenersLeft(server)).toBe(0);
  });

  it("is closed at a message of more than 64 KiB, not before", async () => {
    jest.spyOn(console, "error").mockImplementation(() => undefined); // graphql-ws writes the ws library's error there.
    const socket = await anAgentsSocket();
    const document = "{ viewer { email } }";
    socket.subscribe("1", document + " ".repeat(60 * 1024));
    await socket.heard(({ id, type }) => id === "1" && type === "next");
    socket.subscribe("2", document + " ".repeat(64 * 1024));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it("is closed with 4409 when it uses an id twice, and leaves no listener", async () => {
    const socket = await anAgentsSocket();
    for (const id of ["1", "1"]) socket.subscribe(id, EVENTS);
    expect(await socket.closed).toMatchObject({ code: 4409 });
    expect(await listenersLeft(server)).toBe(0);
  });
});

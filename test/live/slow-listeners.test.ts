import { Customer } from "../../entities/customers/customer";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/values/ids";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { startTestServer, type TestServer } from "../support/test-server";
import { anOffice, type Office } from "./nodes";
import { type Message, openSocket, type RawSocket } from "./socket";
import { listenersLeft } from "./scenario";
import { openStream } from "./stream";

let server: TestServer;
let office: Office;
beforeAll(async () => {
  server = await startTestServer();
  office = await anOffice(server);
});
afterAll(() => server.stop());

const EVENTS = `subscription ($after: String) { events(after: $after) { position cursor ... on CustomerEvent { companyName } } }`;

/** Some 20 MB: more than the system keeps for a connection that is not read. */
const MANY = 2_000;
const LONG = "x".repeat(10_000);

async function happen(count: number): Promise<void> {
  const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");
  for (let done = 0; done < count; done += 50) {
    await ctx.transaction((tx) => {
      for (let n = done; n < done + 50; n++) {
        const facts = { customerId: newId(Customer), partnerId: office.partner.id, companyName: LONG };
        tx.record("customer.updated", { ...facts, domain: "a.example" });
      }
      return Promise.resolve();
    });
  }
}

const netOf = ({ socket }: RawSocket) => (socket as unknown as { _socket: Socket })._socket;
const isResult = ({ type }: Message) => type === "next";
const errorOf = ({ payload }: Message) => payload?.errors?.[0]?.extensions;
const eventsOf = ({ messages }: RawSocket) =>
  messages
    .filter((message) => isResult(message) && !errorOf(message))
    .map(({ payload }) => payload?.data.events);
const positionsOf = (socket: RawSocket) => eventsOf(socket).map(({ position }) => position as number);
const inARow = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

describe("a listener that stops reading", () => {
  it("is let go after ten seconds with its last cursor, harms nobody, and gets the rest when it begins again", async () => {
    const [stopped, reading] = [
      await openSocket(server, (await office.agent()).token),
      await openSocket(server, (await office.agent()).token),
    ];
    for (const one of [stopped, reading]) one.subscribe("1", EVENTS);
    await listenersLeft(server, 2);
    netOf(stopped).pause();
    await happen(MANY);
    await reading.heard(() => positionsOf(reading).length === MANY, 20_000);
    const [first = 0] = positionsOf(reading);
    expect(positionsOf(reading)).toEqual(inARow(first, MANY));
    for (let waited = 0; server.running.live.listenerCount > 1 && waited < 20_000; waited += 50)
      await pause(50);
    expect(server.running.live.listenerCount).toBe(1);

    netOf(stopped).resume();
    const last = await stopped.heard(
      (message) => isResult(message) && errorOf(message) !== undefined,
      20_000,
    );
    const heard = eventsOf(stopped);
    const cursor = heard[heard.length - 1]?.cursor as string;
    expect(heard.length).toBeLessThan(MANY);
    expect(errorOf(last)).toMatchObject({ code: "SLOW_CONSUMER", kind: "LIMITED", details: { cursor } });
    await stopped.heard(({ type, id }) => type === "complete" && id === "1");

    stopped.subscribe("2", EVENTS, { after: cursor });
    await stopped.heard(() => positionsOf(stopped).length === MANY, 30_000);
    expect(positionsOf(stopped)).toEqual(inARow(first, MANY));
    for (const { socket } of [stopped, reading]) socket.terminate();
    await listenersLeft(server);
  });

  it("has no more than some hundred kilobytes waiting for it, and reads on from the log when it reads again", async () => {
    const { token } = await office.agent();
    const [socket, stream] = [
      await openSocket(server, token),
      await openStream(server, { token, query: EVENTS }),
    ];
    socket.subscribe("1", EVENTS);
    await listenersLeft(server, 2);
    netOf(socket).pause();
    stream.response.pause();
    global.gc?.();
    const before = process.memoryUsage().rss;
    await happen(MANY);
    await pause(500);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    netOf(socket).resume();
    stream.response.resume();
    await socket.heard(() => positionsOf(socket).length === MANY, 30_000);
    await stream.heard(MANY, 30_000);
    const [first = 0] = positionsOf(socket);
    expect(positionsOf(socket)).toEqual(inARow(first, MANY));
    expect(stream.events.map(({ data }) => data?.data.events.position as number)).toEqual(
      inARow(first, MANY),
    );
    socket.socket.terminate();
    stream.hangUp();
    await listenersLeft(server);
  });
});

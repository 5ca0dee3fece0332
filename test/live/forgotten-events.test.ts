import { Customer } from "../../entities/customers/customer";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/values/ids";
import { forgetOldEvents } from "../../src/events/forget-old-events";
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
/** Some 30 MB of them: more than the system keeps for a connection that is not read. */
const MANY = 3_000;

const ctx = () => makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");

async function happen(count: number, companyName = "Something"): Promise<void> {
  for (let done = 0; done < count; done += 50) {
    await ctx().transaction((tx) => {
      for (let n = done; n < Math.min(count, done + 50); n++) {
        const facts = {
          customerId: newId(Customer),
          partnerId: office.partner.id,
          companyName,
          domain: "a.example",
        };
        tx.record("customer.updated", facts);
      }
      return Promise.resolve();
    });
  }
}

let daysPassed = 0;

/** Lets a hundred days pass, and has the server forget what it need not keep. */
async function forget(): Promise<void> {
  daysPassed += 100;
  server.setClock(new Date(Date.now() + daysPassed * 86_400_000).toISOString());
  await forgetOldEvents(ctx(), 30);
}

const isResult = ({ type }: Message) => type === "next" || type === "error";
const results = ({ messages }: RawSocket) => messages.filter(isResult);
const errorIn = ({ payload }: Message) =>
  (Array.isArray(payload) ? payload : (payload?.errors ?? []))[0]?.extensions as
    { code: string; field?: string; details: { oldestCursor: string } } | undefined;

describe("events that are no longer kept", () => {
  it("are refused to a listener that asks for them, with the cursor before the oldest there is", async () => {
    const { token } = await office.agent();
    const first = await openSocket(server, token);
    first.subscribe("1", EVENTS);
    await listenersLeft(server, 1);
    await happen(3);
    await first.heard(() => results(first).length === 3);
    const after = results(first)[0]?.payload?.data.events.cursor as string;
    first.socket.terminate();
    await forget();
    await happen(2);

    const socket = await openSocket(server, token);
    socket.subscribe("1", EVENTS, { after });
    const refused = await socket.heard(isResult);
    expect(errorIn(refused)).toMatchObject({ code: "EVENTS_CURSOR_EXPIRED", field: "after" });
    const stream = await openStream(server, { token, query: EVENTS, headers: { "last-event-id": after } });
    const [event] = await stream.heard(1);
    expect(event?.data?.errors?.[0]?.extensions).toMatchObject({ code: "EVENTS_CURSOR_EXPIRED" });
    await stream.over;

    socket.subscribe("2", EVENTS, { after: errorIn(refused)?.details.oldestCursor });
    const isSecond = (message: Message) => isResult(message) && message.id === "2";
    await socket.heard(() => socket.messages.filter(isSecond).length === 2);
    const [oldest] = socket.messages.filter(isSecond);
    expect(oldest?.payload?.data.events.position).toBe(results(first)[2]?.payload?.data.events.position + 1);
    socket.socket.terminate();
    await listenersLeft(server);
  });

  it("end a listener that had fallen behind them, instead of a silent gap", async () => {
    const socket = await openSocket(server, (await office.agent()).token);
    socket.subscribe("1", EVENTS);
    await listenersLeft(server, 1);
    const net = (socket.socket as unknown as { _socket: Socket })._socket;
    net.pause();
    await happen(MANY, "x".repeat(10_000));
    await pause(200);
    await forget();
    net.resume();
    const lastError = () => socket.messages.map(errorIn).find((error) => error !== undefined);
    for (let waited = 0; !lastError() && waited < 20_000; waited += 50) await pause(50);
    expect(lastError()?.code).toBe("EVENTS_CURSOR_EXPIRED");
    const heard = results(socket).flatMap(({ payload }) =>
      payload?.data ? [payload.data.events.position as number] : [],
    );
    expect(heard.length).toBeLessThan(MANY);
    expect(heard).toEqual(heard.map((_, at) => (heard[0] ?? 0) + at));
    socket.socket.terminate();
    await listenersLeft(server);
  });
});

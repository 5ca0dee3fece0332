import { Customer } from "../../entities/customers/customer";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/values/ids";
import { eventCursor } from "../../src/events/event-cursor";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { send } from "../api/at-the-endpoint";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { anOffice, type Office } from "./nodes";
import { openSocket, type RawSocket } from "./socket";
import { listenersLeft } from "./scenario";
import { recordFor } from "../support/record-for";

/** None ends by itself while a test runs. */
const WINDOW_SECONDS = 600;

let server: TestServer;
let office: Office;
/** The positions after which pages of the log were read. */
let readAfter: number[] = [];
/** In how many seconds their window ends, for each pause of a caller. */
let pauses: number[] = [];
/** Whether windows end only when the test says so; otherwise they end at once. */
let isHeld = false;
const held: (() => void)[] = [];
beforeAll(async () => {
  const limits = { LIMIT_SENT_BUDGET: "150", LIMIT_BUDGET_SECONDS: String(WINDOW_SECONDS) };
  server = await startTestServer(limits, undefined, {
    onStatement: (sql, parameters) => {
      if (/WHERE organizationId = \? AND position > \? ORDER BY position/.test(sql))
        readAfter.push(Number(parameters?.[1]));
    },
    windowEnd: (seconds) => {
      pauses.push(seconds);
      return new Promise<void>((resume) => (isHeld ? held.push(resume) : setImmediate(resume)));
    },
  });
  office = await anOffice(server);
});
afterEach(async () => {
  endWindows();
  await pause(150); // What the test's callers were sent is charged.
  pauses = [];
});
afterAll(() => server.stop());

const EVENTS = "subscription { events { position } }";

let happened = 0;
async function happen(
  count: number,
  type: "customer.updated" | "customer.added" = "customer.updated",
): Promise<void> {
  happened += count;
  const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");
  await ctx.transaction((tx) => {
    for (let n = 0; n < count; n++) {
      const values = { customerId: newId(Customer), partnerId: office.partner.id, companyName: "Contoso" };
      recordFor(tx, type, { ...values, domain: "a.example" }, [office.partner.id]);
    }
    return Promise.resolve();
  });
}

const positionsOf = ({ messages }: RawSocket) =>
  messages
    .filter(({ type }) => type === "next")
    .map(({ payload }) => payload?.data.events.position as number);

/** Has windows end at once, also those that were held. */
function endWindows(): void {
  isHeld = false;
  for (const resume of held.splice(0)) resume();
}

/** Pauses a listener until the windows end: more happens until its budget does not suffice. */
async function pauseUntilTheEnd(): Promise<void> {
  // A pause that came earlier may have left events for later.
  await until(() => server.running.live.behind.size === 0);
  isHeld = true;
  for (let tries = 0; held.length === 0; tries++) {
    if (tries === 50) throw new Error("nobody was paused");
    await happen(1);
    await pause(150); // Charged together within 100 ms.
  }
}

describe("what a caller is sent by its live operations", () => {
  it("is charged with each event; beyond its budget it comes later, in order, and others are not affected", async () => {
    const [one, other] = [(await office.agent()).token, (await office.agent()).token];
    const spender = await openSocket(server, one);
    spender.subscribe("1", EVENTS);
    await listenersLeft(server, 1);
    await happen(200);
    await spender.heard(() => positionsOf(spender).length === 200);
    await pauseUntilTheEnd();
    expect(pauses[0]).toBeGreaterThan(WINDOW_SECONDS / 2);
    expect(pauses[0]).toBeLessThanOrEqual(WINDOW_SECONDS);

    const before = happened;
    const reading = await openSocket(server, other);
    reading.subscribe("1", EVENTS);
    await listenersLeft(server, 2);
    await happen(20);
    await reading.heard(() => positionsOf(reading).length === 20);
    // The one whose charge paused it may wait too.
    expect(positionsOf(spender).length).toBeLessThanOrEqual(before);
    // Its operations have a budget of their own.
    const body = JSON.stringify({ query: "{ viewer { kind } }" });
    const headers = { "content-type": "application/json", authorization: `Bearer ${one}` };
    const asked = await send(`${server.url}/graphql`, { method: "POST", body, headers });
    expect(asked.status).toBe(200);

    endWindows();
    await spender.heard(() => positionsOf(spender).length === happened);
    const [first = 0] = positionsOf(spender);
    expect(positionsOf(spender)).toEqual(Array.from({ length: happened }, (_, at) => first + at));
    for (const { socket } of [spender, reading]) socket.terminate();
    await listenersLeft(server);
  });

  it("a pause costs no reading of what a filter left out before it: reading goes on behind what was examined", async () => {
    const { token } = await office.agent();
    const [rare, all] = [await openSocket(server, token), await openSocket(server, token)];
    rare.subscribe("1", "subscription { events(types: [CUSTOMER_ADDED]) { position } }");
    await listenersLeft(server, 1);
    await happen(1, "customer.added");
    const before = happened;
    await rare.heard(() => positionsOf(rare).length === 1);
    // More than memory keeps, and none of them is for it.
    await happen(600);
    // The same caller's other listener uses up the budget of both.
    all.subscribe("1", EVENTS);
    await listenersLeft(server, 2);
    await happen(200);
    await all.heard(() => positionsOf(all).length === 200);
    await pauseUntilTheEnd();
    readAfter = [];
    await happen(1, "customer.added");
    endWindows();
    await rare.heard(() => positionsOf(rare).length === 2);
    const [first = 0, second = 0] = positionsOf(rare);
    expect(second - first).toBe(happened - before);
    expect(readAfter.filter((position) => position < second - 1)).toEqual([]);
    for (const { socket } of [rare, all]) socket.terminate();
    await listenersLeft(server);
  });

  it("is charged for events that were read from the log for it and that it did not want", async () => {
    const { token } = await office.agent();
    await happen(3_000);
    const rare = await openSocket(server, token);
    const cursor = eventCursor(office.partner.id, 1);
    const types = "types: [CUSTOMER_ADDED]";
    rare.subscribe("1", `subscription { events(${types}, after: "${cursor}") { position } }`);
    await listenersLeft(server, 1);
    await rare.heard(() => positionsOf(rare).length === 2);
    await happen(1, "customer.added");
    await rare.heard(() => positionsOf(rare).length === 3);
    // More than 3,000 events at ten a point are twice what it may be sent.
    await until(() => pauses.length > 0);
    rare.socket.terminate();
  });
});

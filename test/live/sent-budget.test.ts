import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/context/ids";
import { eventCursor } from "../../src/events/event-cursor";
import { makeUseCaseContext } from "../../src/server/graphql/context";
import { send } from "../api/at-the-door";
import { startTestServer, type TestServer } from "../support/test-server";
import { anOffice, type Office } from "./nodes";
import { openSocket, type RawSocket } from "./socket";
import { listenersLeft } from "./story";

let server: TestServer;
let office: Office;
/** The positions after which pages of the log were read. */
let readAfter: number[] = [];
beforeAll(async () => {
  const limits = { LIMIT_SENT_BUDGET: "150", LIMIT_BUDGET_SECONDS: "4" };
  server = await startTestServer(limits, undefined, {
    onStatement: (sql, parameters) => {
      if (/WHERE organizationId = \? AND position > \? ORDER BY position/.test(sql))
        readAfter.push(Number(parameters?.[1]));
    },
  });
  office = await anOffice(server);
});
afterAll(() => server.stop());

const EVENTS = "subscription { events { position } }";

async function happen(
  count: number,
  type: "customer.updated" | "customer.added" = "customer.updated",
): Promise<void> {
  const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");
  await ctx.transaction((tx) => {
    for (let n = 0; n < count; n++) {
      const values = { customerId: newId("customer"), partnerId: office.partner.id, companyName: "Contoso" };
      tx.record(type, { ...values, domain: "a.example" }, [office.partner.id]);
    }
    return Promise.resolve();
  });
}

const positionsOf = ({ messages }: RawSocket) =>
  messages
    .filter(({ type }) => type === "next")
    .map(({ payload }) => payload?.data.events.position as number);

describe("what a caller is sent by its live operations", () => {
  it("is charged with each event; beyond its budget it comes later, in order, and others are not affected", async () => {
    const [one, other] = [(await office.agent()).token, (await office.agent()).token];
    const spender = await openSocket(server, one);
    spender.subscribe("1", EVENTS);
    await listenersLeft(server, 1);
    await happen(200);
    await spender.heard(() => positionsOf(spender).length === 200);
    // Charged together within 100 ms of the first event.
    await new Promise((resolve) => setTimeout(resolve, 150));

    const reading = await openSocket(server, other);
    reading.subscribe("1", EVENTS);
    await listenersLeft(server, 2);
    await happen(20);
    await reading.heard(() => positionsOf(reading).length === 20);
    expect(positionsOf(spender)).toHaveLength(200);
    // Its operations have a budget of their own.
    const body = JSON.stringify({ query: "{ viewer { kind } }" });
    const headers = { "content-type": "application/json", authorization: `Bearer ${one}` };
    const asked = await send(`${server.url}/graphql`, { method: "POST", body, headers });
    expect(asked.status).toBe(200);

    await spender.heard(() => positionsOf(spender).length === 220);
    const [first = 0] = positionsOf(spender);
    expect(positionsOf(spender)).toEqual(Array.from({ length: 220 }, (_, at) => first + at));
    for (const { socket } of [spender, reading]) socket.terminate();
    await listenersLeft(server);
  });

  it("a pause costs no reading of what a filter left out before it: reading goes on behind what was examined", async () => {
    const { token } = await office.agent();
    const [rare, all] = [await openSocket(server, token), await openSocket(server, token)];
    rare.subscribe("1", "subscription { events(types: [CUSTOMER_ADDED]) { position } }");
    await listenersLeft(server, 1);
    await happen(1, "customer.added");
    await rare.heard(() => positionsOf(rare).length === 1);
    // More than memory keeps, and none of them is for it.
    await happen(600);
    // The same caller's other listener uses up the budget of both.
    all.subscribe("1", EVENTS);
    await listenersLeft(server, 2);
    await happen(200);
    await all.heard(() => positionsOf(all).length === 200);
    await pause(150);
    readAfter = [];
    await happen(1, "customer.added");
    await rare.heard(() => positionsOf(rare).length === 2);
    const [first = 0, second = 0] = positionsOf(rare);
    expect(second - first).toBe(801);
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
    // More than 3,000 events at ten a point are twice what it may be sent: it was paused on its way.
    const began = performance.now();
    await happen(1, "customer.added");
    await rare.heard(() => positionsOf(rare).length === 3);
    expect(performance.now() - began).toBeGreaterThan(1_000);
    rare.socket.terminate();
  });
});

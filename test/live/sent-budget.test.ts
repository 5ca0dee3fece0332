import { newId } from "../../src/context/ids";
import { makeUseCaseContext } from "../../src/server/graphql/context";
import { send } from "../api/at-the-door";
import { startTestServer, type TestServer } from "../support/test-server";
import { anOffice, type Office } from "./nodes";
import { openSocket, type RawSocket } from "./socket";
import { listenersLeft } from "./story";

let server: TestServer;
let office: Office;
beforeAll(async () => {
  server = await startTestServer({ LIMIT_SENT_BUDGET: "150", LIMIT_BUDGET_SECONDS: "2" });
  office = await anOffice(server);
});
afterAll(() => server.stop());

const EVENTS = "subscription { events { position } }";

async function happen(count: number): Promise<void> {
  const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");
  await ctx.transaction((tx) => {
    for (let n = 0; n < count; n++) {
      const values = { customerId: newId("customer"), partnerId: office.partner.id, companyName: "Contoso" };
      tx.record("customer.updated", { ...values, domain: "a.example" }, [office.partner.id]);
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
  });
});

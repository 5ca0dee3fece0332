import { Customer } from "../../entities/customers/customer";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/values/ids";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { testContextOf } from "../api/at-the-endpoint";
import { aCustomer, aRelationship } from "../support/builders";
import { PATIENCE_MS } from "../support/patience";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { anOffice, type Office } from "./nodes";
import { type Message, openSocket, type RawSocket } from "./socket";
import { listenersLeft } from "./scenario";
import { openStream } from "./stream";

let server: TestServer;
const opened: RawSocket[] = [];
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate();
  await listenersLeft(server);
});

async function authenticateConnection(token: string): Promise<RawSocket> {
  const socket = await openSocket(server, token);
  opened.push(socket);
  return socket;
}

/** An office with a customer whose events it gets. */
async function anOfficeWithCustomer(): Promise<Office & { customerId: string }> {
  const office = await anOffice(server);
  const testContext = testContextOf(server);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, office.partner, customer);
  return { ...office, customerId: customer.id };
}

/** Records that something about the customer changed, as many times as asked. */
async function happen(
  { partner, customerId = newId(Customer) }: Office & { customerId?: string },
  count: number,
  companyName = "Contoso",
): Promise<void> {
  const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");
  const facts = { customerId, partnerId: partner.id, companyName, domain: "a.example" };
  for (let done = 0; done < count; done += 100) {
    await ctx.transaction((tx) => {
      for (let n = done; n < Math.min(done + 100, count); n++) tx.record("customer.updated", facts);
      return Promise.resolve();
    });
  }
}

const LINKED = `subscription ($after: String) { events(after: $after) {
  position cursor ... on CustomerEvent { customer { id companyName } } } }`;

/** The same, as a document of one's own: nobody shares its execution. */
const ownDocument = (n: number) =>
  LINKED.replace("subscription", `subscription Own${n}`).replace("companyName", `name${n}: companyName`);

const isNext = ({ type }: Message) => type === "next";
const count = ({ messages }: RawSocket) => messages.filter(isNext).length;
const positions = ({ messages }: RawSocket) =>
  messages.filter(isNext).map(({ payload }) => payload?.data.events.position as number);
const inARow = (from: number, length: number) => Array.from({ length }, (_, at) => from + at);
/** Waits until a socket was sent so many events. */
async function heardAll(socket: RawSocket, wanted: number): Promise<void> {
  for (let waited = 0; count(socket) < wanted; waited += 20) {
    if (waited > PATIENCE_MS) throw new Error(`only ${count(socket)} of ${wanted} events came`);
    await pause(20);
  }
}

const customerReads = () =>
  server.statements.filter((sql) => /^SELECT[^]*FROM [`"]?reseller_relationship[`"]?/i.test(sql)).length;

/** The cursor of the newest event of an office, of which it has few. */
async function newest(office: Office): Promise<string> {
  const { token } = await office.agent();
  const { data } = await server.withToken(token).ask("{ events(first: 500) { pageInfo { endCursor } } }");
  return data.events.pageInfo.endCursor as string;
}

describe("listeners that are behind", () => {
  beforeAll(async () => void (server = await startTestServer({ LIMIT_SENT_BUDGET: "1000000000" })));
  afterAll(() => server.stop());

  it("share what is read for each event where they ask the same, and each gets everything once and in order", async () => {
    const office = await anOfficeWithCustomer();
    await happen(office, 1);
    const after = await newest(office);
    await happen(office, 300);
    const { token } = await office.agent();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => authenticateConnection(token)));
    const stream = await openStream(server, { token, query: LINKED, variables: { after } });
    const before = customerReads();
    for (const socket of sockets) socket.subscribe("1", LINKED, { after });
    for (const socket of sockets) await heardAll(socket, 300);
    await stream.heard(300);
    const reads = customerReads() - before;
    const [first = 0] = positions(sockets[0]);
    for (const socket of sockets) expect(positions(socket)).toEqual(inARow(first, 300));
    expect(stream.events.map(({ data }) => data?.data.events.position as number)).toEqual(inARow(first, 300));
    // One for each event and listener would be 3,300; one for each piece and listener 110.
    expect(reads).toBeLessThan(60);
    stream.hangUp();
  });

  it("of one organization do not hold up those of another, nor one user another", async () => {
    const [large, small] = [await anOfficeWithCustomer(), await anOfficeWithCustomer()];
    for (const office of [large, small]) await happen(office, 1);
    const [afterLarge, afterSmall] = [await newest(large), await newest(small)];
    await happen(large, 500);
    await happen(small, 150);
    const greedy = await authenticateConnection((await large.agent()).token);
    const [colleague, other] = [
      await authenticateConnection((await large.agent()).token),
      await authenticateConnection((await small.agent()).token),
    ];
    const LISTENERS = 8;
    for (let n = 0; n < LISTENERS; n++) greedy.subscribe(`op-${n}`, ownDocument(n), { after: afterLarge });
    colleague.subscribe("1", ownDocument(LISTENERS), { after: afterLarge });
    other.subscribe("1", LINKED, { after: afterSmall });
    await heardAll(other, 150);
    // Arrival order would serve all of them alike.
    expect(count(greedy)).toBeLessThan((LISTENERS * 500) / 2);
    await heardAll(colleague, 500);
    expect(count(greedy)).toBeLessThan((LISTENERS * 500) / 2);
    await heardAll(greedy, LISTENERS * 500);
  });
});

const netOf = ({ socket }: RawSocket) => (socket as unknown as { _socket: Socket })._socket;
const errorOf = ({ payload }: Message) => payload?.errors?.[0]?.extensions;
const tooSlow = () => server.running.live.tally.tooSlow;

describe("a listener that reads nothing", () => {
  const PING_MS = 1_000;
  beforeAll(async () => {
    server = await startTestServer({}, undefined, { pingMs: PING_MS });
  });
  afterAll(() => server.stop());

  it("is counted and told SLOW_CONSUMER also where all that it was sent has left the server, and its pings stay unanswered", async () => {
    const office = await anOfficeWithCustomer();
    const socket = await authenticateConnection((await office.agent()).token);
    socket.subscribe("1", LINKED);
    await listenersLeft(server, 1);
    await happen(office, 1);
    await socket.heard(isNext);
    const before = tooSlow();
    netOf(socket).pause();
    await happen(office, 2);
    await until(() => tooSlow() !== before);
    expect(tooSlow() - before).toBe(1);
    netOf(socket).resume();
    const last = await socket.heard((message) => isNext(message) && errorOf(message) !== undefined);
    const sent = socket.messages.filter((message) => isNext(message) && !errorOf(message));
    expect(sent).toHaveLength(3);
    const { cursor } = sent[2]?.payload?.data.events as { cursor: string };
    expect(errorOf(last)).toMatchObject({ code: "SLOW_CONSUMER", details: { cursor } });
    const { code, reason } = await socket.closed;
    expect([code, reason.split(":")[0]]).toEqual([4429, "SLOW_CONSUMER"]);
  });

  it("is not counted where it had no live operation: it is cut off", async () => {
    const office = await anOffice(server);
    const socket = await authenticateConnection((await office.agent()).token);
    const before = tooSlow();
    const { live } = server.running;
    netOf(socket).pause();
    await until(() => live.sessionCount === 0);
    netOf(socket).resume();
    expect((await socket.closed).code).toBe(1006);
    expect(tooSlow()).toBe(before);
  });
});

describe("listeners for whom too much waits", () => {
  beforeAll(async () => {
    const MIB = String(1024 * 1024);
    server = await startTestServer({ LIMIT_UNREAD: MIB, LIMIT_UNREAD_PER_CONNECTION: MIB });
  });
  afterAll(() => server.stop());

  it("are counted as too slow when they are cut off", async () => {
    const office = await anOfficeWithCustomer();
    const sockets = await Promise.all(
      Array.from({ length: 6 }, async () => authenticateConnection((await office.agent()).token)),
    );
    const query = "subscription { events { position ... on CustomerEvent { companyName } } }";
    for (const socket of sockets) socket.subscribe("1", query);
    await listenersLeft(server, 6);
    const before = tooSlow();
    for (const socket of sockets) netOf(socket).pause();
    await happen(office, 2_000, "x".repeat(10_000));
    const { connections } = server.running;
    await until(() => connections.cutOff > 0);
    expect(connections.cutOff).toBeGreaterThan(0);
    expect(tooSlow() - before).toBeGreaterThanOrEqual(connections.cutOff);
  });
});

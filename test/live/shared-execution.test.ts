import { Customer } from "../../entities/customers/customer";
import { newId } from "../../src/values/ids";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { testContextOf } from "../api/at-the-endpoint";
import { anApiKey, GLOBAL_ADMIN } from "../identity/api-keys";
import { aCustomer, aPartnerUser, aRelationship } from "../support/builders";
import { startTestServer, type TestServer } from "../support/test-server";
import { anOffice, done, type Office } from "./nodes";
import { type Message, openSocket, type RawSocket } from "./socket";
import { HEAD, listenersLeft } from "./scenario";
import { openStream } from "./stream";

let server: TestServer;
let office: Office;
let customerId: string;
beforeAll(async () => {
  server = await startTestServer();
  office = await anOffice(server);
  const testContext = testContextOf(server);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, office.partner, customer);
  customerId = customer.id;
});
afterAll(() => server.stop());
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

/** Records that something about the customer changed, as many times as asked. */
async function happen(count: number, about = customerId): Promise<void> {
  const ctx = makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test");
  for (let n = 0; n < count; n++) {
    const facts = {
      customerId: about,
      partnerId: office.partner.id,
      companyName: `${n}`,
      domain: "a.example",
    };
    await ctx.transaction((tx) => Promise.resolve(tx.record("customer.updated", facts)));
  }
}

const LINKED = `subscription ($after: String) { events(after: $after, types: [CUSTOMER_UPDATED]) {
  ${HEAD} ... on CustomerEvent { customer { id companyName } } } }`;
const isNext = ({ type }: Message) => type === "next";
const nexts = ({ messages }: RawSocket) => messages.filter(isNext);
const positions = (socket: RawSocket) =>
  nexts(socket).map(({ payload }) => payload?.data.events.position as number);
const heardAll = async (sockets: RawSocket[], count: number) => {
  for (const socket of sockets) await socket.heard(() => nexts(socket).length >= count, 10_000);
};
const customerReads = () =>
  server.statements.filter((sql) => /^SELECT[^]*FROM [`"]?reseller_relationship[`"]?/i.test(sql)).length;

describe("listeners with the same document, variables and rights", () => {
  it("share one execution of each event, whoever they are and wherever they began", async () => {
    const sockets = await Promise.all(
      Array.from({ length: 12 }, async () => authenticateConnection((await office.agent()).token)),
    );
    const [first] = sockets;
    first?.subscribe("first", LINKED);
    await listenersLeft(server, 1);
    await happen(1);
    await heardAll([first], 1);
    const after = nexts(first)[0]?.payload?.data.events.cursor as string;
    for (const [at, socket] of sockets.slice(1).entries())
      socket.subscribe(`op-${at}`, LINKED, at % 2 ? { after } : {});
    expect(await listenersLeft(server, 12)).toBe(12);
    expect(server.running.live.executionCount).toBe(1);
    await happen(1); // Everybody is up to date after it.
    await heardAll(sockets, 1);

    const before = customerReads();
    await happen(3);
    await heardAll(sockets.slice(1), 4);
    expect(customerReads() - before).toBe(3);
    for (const socket of sockets.slice(1)) {
      const [event] = nexts(socket).slice(-1);
      expect(event?.payload?.data.events.customer).toMatchObject({ id: customerId });
      const heard = positions(socket);
      expect(heard).toEqual(heard.map((_, at) => (heard[0] ?? 0) + at));
    }
  });

  it("get it under their own operation's name, over WebSocket and as server-sent events", async () => {
    const { token } = await office.agent();
    const socket = await authenticateConnection(token);
    const odd = 'an "odd" name';
    for (const id of ["1", odd]) socket.subscribe(id, LINKED);
    const stream = await openStream(server, { token, query: LINKED });
    expect(await listenersLeft(server, 3)).toBe(3);
    expect(server.running.live.executionCount).toBe(1);
    await happen(1);
    const [event] = await stream.heard(1);
    for (const id of ["1", odd]) {
      const message = await socket.heard((one) => one.type === "next" && one.id === id);
      expect(message.payload).toEqual(event?.data);
    }
    stream.hangUp();
  });

  it("do not share with others: another document, other variables, other rights, another organization", async () => {
    const testContext = testContextOf(server);
    const chief = await aPartnerUser(testContext, office.partner, GLOBAL_ADMIN);
    const key = await anApiKey(testContext, chief);
    const outsider = await anOffice(server);
    const [agent, asKey, elsewhere] = [
      await authenticateConnection((await office.agent()).token),
      await authenticateConnection(key.secret),
      await authenticateConnection((await outsider.agent()).token),
    ];
    agent.subscribe("1", LINKED);
    agent.subscribe("2", LINKED.replace("companyName", "companyName domain"));
    agent.subscribe("3", "subscription ($c: ID) { events(customerId: $c) { id } }", { c: customerId });
    agent.subscribe("4", "subscription ($c: ID) { events(customerId: $c) { id } }", { c: newId(Customer) });
    asKey.subscribe("1", LINKED);
    elsewhere.subscribe("1", LINKED);
    expect(await listenersLeft(server, 6)).toBe(6);
    expect(server.running.live.executionCount).toBe(6);
    await happen(1);
    await heardAll([asKey], 1);
    await agent.heard(({ id, type }) => id === "3" && type === "next");
    expect(nexts(elsewhere)).toEqual([]);
    expect(nexts(agent).map(({ id }) => id)).not.toContain("4");
  });

  it("end their execution with the last of them", async () => {
    const sockets = [
      await authenticateConnection((await office.agent()).token),
      await authenticateConnection((await office.agent()).token),
    ];
    for (const socket of sockets) socket.subscribe("1", LINKED);
    await listenersLeft(server, 2);
    sockets[0]?.send({ type: "complete", id: "1" });
    expect(await listenersLeft(server, 1)).toBe(1);
    expect(server.running.live.executionCount).toBe(1);
    sockets[1]?.socket.terminate();
    expect(await listenersLeft(server)).toBe(0);
    expect(server.running.live.executionCount).toBe(0);
    const before = server.statements.length;
    await happen(1);
    expect(server.statements.slice(before).filter((sql) => /FROM [`"]?event\b/.test(sql))).toEqual([]);
  });
});

describe("a listener whose rights become others, and still suffice", () => {
  it("goes on without a gap and without a repetition, in an execution with its new rights", async () => {
    const [person, colleague] = [await office.agent(), await office.agent()];
    const [socket, other] = [
      await authenticateConnection(person.token),
      await authenticateConnection(colleague.token),
    ];
    for (const one of [socket, other]) one.subscribe("1", LINKED);
    await listenersLeft(server, 2);
    expect(server.running.live.executionCount).toBe(1);
    await happen(5);
    const changing = done(
      office.admin,
      `updateUser(input: { userId: "${person.actor.userId}", agentRoles: [ADMIN_AGENT, SALES_AGENT] })`,
    );
    await happen(10);
    await changing;
    await happen(5);
    await heardAll([socket, other], 20);
    expect(positions(socket)).toEqual(positions(other));
    expect(new Set(positions(socket)).size).toBe(20);
    expect(server.running.live.executionCount).toBe(2);
    expect(await listenersLeft(server, 2)).toBe(2);
  });
});

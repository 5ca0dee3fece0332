import { setTimeout as pause } from "node:timers/promises";
import { AgentRole } from "../../entities/identity/user";
import { demoPeople } from "../../src/demo";
import { testContextOf } from "../api/at-the-endpoint";
import { aPartner } from "../support/builders";
import { anOffice, done, inTime, type Office, startTwoNodes, type TwoNodes } from "./nodes";
import { type Message, openSocket, type RawSocket } from "./socket";
import { commitEvents, HEAD, listenersLeft, onServer } from "./scenario";

let both: TwoNodes;
let office: Office;
beforeAll(async () => {
  both = await startTwoNodes();
  office = await anOffice(both.nodes[0]);
});
afterAll(() => both.stop());
/** Of a type that no deed of an administrator makes. */
const EVENTS = `subscription { events(types: [CUSTOMER_UPDATED]) { ${HEAD} } }`;
const VIEWER = "{ viewer { email } }";

const opened: RawSocket[] = [];
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate();
  for (const node of both.nodes) await listenersLeft(node);
});

/** A socket of somebody on each node. */
async function onBoth(token: string): Promise<[RawSocket, RawSocket]> {
  const [first, second] = both.nodes;
  const sockets: [RawSocket, RawSocket] = [await openSocket(first, token), await openSocket(second, token)];
  opened.push(...sockets);
  return sockets;
}

const closures = (sockets: RawSocket[]) => Promise.all(sockets.map(({ closed }) => inTime(closed)));
const isNext = ({ type }: Message) => type === "next";

/** Fails if a socket was closed, or does not answer any more. */
async function stillServed(...sockets: RawSocket[]): Promise<void> {
  for (const socket of sockets) {
    socket.subscribe("still", VIEWER);
    const { payload } = await socket.heard(({ id, type }) => id === "still" && type === "next");
    expect(payload).toMatchObject({ data: { viewer: { email: expect.any(String) as string } } });
  }
}

describe("a user who is deactivated", () => {
  it("is off within five seconds on every node, idle or listening, and nobody else is", async () => {
    const [gone, colleague] = [await office.agent(), await office.agent()];
    const outsider = await anOffice(both.nodes[1]);
    const [idle, listening] = [await onBoth(gone.token), await onBoth(gone.token)];
    const others = [...(await onBoth(colleague.token)), ...(await onBoth((await outsider.agent()).token))];
    for (const socket of [...listening, ...others]) socket.subscribe("1", EVENTS);
    for (const node of both.nodes) expect(await listenersLeft(node, 3)).toBe(3);
    await done(office.admin, `deactivateUser(input: { userId: "${gone.actor.userId}" })`);

    const refused = { code: 4403, reason: expect.stringMatching(/^USER_INACTIVE: /) as string };
    expect(await closures([...idle, ...listening])).toEqual([refused, refused, refused, refused]);
    for (const { messages } of [...idle, ...listening]) expect(messages.some(isNext)).toBe(false);
    for (const node of both.nodes) expect(await listenersLeft(node, 2)).toBe(2);
    await stillServed(...others);
    await commitEvents(both.nodes[0], office.partner.id, 1);
    for (const socket of others.slice(0, 2))
      await socket.heard(({ id, type }) => id === "1" && isNext({ type }));
  });

  it("is refused when it connects again, with what is wrong", async () => {
    const { actor, token } = await office.agent();
    await done(office.admin, `deactivateUser(input: { userId: "${actor.userId}" })`);
    const socket = await openSocket(both.nodes[0]);
    socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    const { code, reason } = await socket.closed;
    expect({ code, reason }).toEqual({
      code: 4403,
      reason: expect.stringMatching(/^USER_INACTIVE: /) as string,
    });
    expect(socket.messages).toEqual([]);
  });

  it("hears nothing more, and has nothing done, in the time until it hangs up", async () => {
    const { actor, token } = await office.agent();
    const [socket] = await onBoth(token);
    socket.subscribe("1", EVENTS);
    expect(await listenersLeft(both.nodes[0], 1)).toBe(1);
    (socket.socket as unknown as { _socket: { pause(): void } })._socket.pause();
    await done(office.admin, `deactivateUser(input: { userId: "${actor.userId}" })`);
    expect(await listenersLeft(both.nodes[0], 0)).toBe(0);
  });
});

describe("a user whose row is gone", () => {
  it("is off within five seconds on every node", async () => {
    const { actor, token } = await office.agent();
    const sockets = await onBoth(token);
    await onServer(both.nodes[0]).transaction((tx) =>
      tx.execute("DELETE FROM user_account WHERE id = ?", [actor.userId]),
    );
    const refused = { code: 4403, reason: expect.stringMatching(/^USER_UNKNOWN: /) as string };
    expect(await closures(sockets)).toEqual([refused, refused]);
  });
});

describe("a user who loses the role that a live operation needs", () => {
  it("is told so in that operation within five seconds on every node, and keeps the rest of the socket", async () => {
    const [demoted, colleague] = [await office.agent(), await office.agent()];
    const sockets = await onBoth(demoted.token);
    const others = await onBoth(colleague.token);
    for (const socket of [...sockets, ...others]) {
      socket.subscribe("1", `subscription { mine: events(types: [CUSTOMER_UPDATED]) { ${HEAD} } }`);
      socket.subscribe(
        "2",
        "subscription Again { ...F } fragment F on Subscription { invitationAccepted { id } }",
      );
    }
    for (const node of both.nodes) expect(await listenersLeft(node, 4)).toBe(4);
    await done(
      office.admin,
      `updateUser(input: { userId: "${demoted.actor.userId}", agentRoles: [HELPDESK_AGENT] })`,
    );

    for (const socket of sockets) {
      for (const [id, path] of [
        ["1", "mine"],
        ["2", "invitationAccepted"],
      ]) {
        const told = await socket.heard((message) => message.id === id && isNext(message));
        expect(told.payload).toMatchObject({
          data: null,
          errors: [
            {
              message: expect.stringContaining("ADMIN_AGENT") as string,
              path: [path],
              extensions: {
                code: "FORBIDDEN",
                kind: "FORBIDDEN",
                details: { roles: ["GLOBAL_ADMIN", "ADMIN_AGENT"] },
                requestId: expect.any(String) as string,
              },
            },
          ],
        });
        await socket.heard((message) => message.id === id && message.type === "complete");
      }
    }
    for (const node of both.nodes) expect(await listenersLeft(node, 2)).toBe(2);
    await stillServed(...sockets, ...others);
    expect(others.flatMap(({ messages }) => messages.filter(({ id }) => id === "1"))).toEqual([]);
  });

  it("keeps an operation that its other role allows, and one that a new role has just allowed", async () => {
    const { actor, token } = await office.agent([AgentRole.ADMIN_AGENT, AgentRole.SALES_AGENT]);
    const newcomer = await office.agent([AgentRole.SALES_AGENT]);
    const [kept] = await onBoth(token);
    const [promoted] = await onBoth(newcomer.token);
    kept.subscribe("1", EVENTS);
    await done(office.admin, `updateUser(input: { userId: "${actor.userId}", agentRoles: [ADMIN_AGENT] })`);
    await done(
      office.admin,
      `updateUser(input: { userId: "${newcomer.actor.userId}", agentRoles: [ADMIN_AGENT] })`,
    );
    promoted.subscribe("1", EVENTS);
    await pause(4_500);
    expect([kept, promoted].flatMap(({ messages }) => messages.filter(({ id }) => id === "1"))).toEqual([]);
    await commitEvents(both.nodes[1], office.partner.id, 1);
    for (const socket of [kept, promoted])
      expect((await socket.heard(isNext)).payload?.data).toMatchObject({
        events: { type: "CUSTOMER_UPDATED" },
      });
  });
});

describe("a Global admin whose organization was not known when it connected", () => {
  it("is off within five seconds when its user, made meanwhile, is deactivated", async () => {
    const [node] = both.nodes;
    const socket = await openSocket(node, await node.token("newcomer-admin"));
    opened.push(socket);
    const inviter = await aPartner(testContextOf(node));
    const partnerToken = await node.running.developmentIssuer?.sign(
      { ...inviter.actor, isGlobalAdmin: false },
      600,
    );
    const invited = await node
      .withToken(partnerToken)
      .ask(`mutation { inviteCustomer(input: { recipientEmail: "a@b.example" }) { link } }`);
    const link = invited.data.inviteCustomer.link as string;
    const input = `{ token: "${link.slice(link.indexOf("#") + 1)}", companyName: "Tiny Lighthouse",
      domain: "tinylighthouse.example", country: "US" }`;
    socket.subscribe("1", `mutation { acceptInvitation(input: ${input}) { userErrors { code message } } }`);
    const { payload } = await socket.heard(isNext);
    expect(payload?.data).toEqual({ acceptInvitation: { userErrors: [] } });
    socket.subscribe("2", EVENTS);
    expect(await listenersLeft(node, 1)).toBe(1);
    await pause(2_500);
    await onServer(node).transaction((tx) =>
      tx.execute("UPDATE user_account SET status = 'INACTIVE', version = version + 1 WHERE subject = ?", [
        demoPeople["newcomer-admin"]?.subject ?? "",
      ]),
    );
    expect(await inTime(socket.closed)).toMatchObject({ code: 4403 });
  });
});

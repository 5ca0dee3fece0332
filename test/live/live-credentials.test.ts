import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";
import { testContextOf } from "../api/at-the-endpoint";
import type { Caller } from "../support/test-server";
import { anOffice, done, inTime, type Office, startTwoNodes, type TwoNodes } from "./nodes";
import { openSocket, type RawSocket } from "./socket";
import { HEAD, listenersLeft, onServer } from "./scenario";

let both: TwoNodes;
let office: Office;
beforeAll(async () => {
  both = await startTwoNodes();
  office = await anOffice(both.nodes[0]);
});
afterAll(() => both.stop());
const EVENTS = `subscription { events(types: [CUSTOMER_UPDATED]) { ${HEAD} } }`;
const EVENTS_PAGE = "{ events(first: 1) { nodes { id } } }";

const opened: RawSocket[] = [];
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate();
  for (const node of both.nodes) await listenersLeft(node);
});

/** A listening socket of a token's or key's bearer on each node. */
async function listeningOnBoth(secret: string): Promise<RawSocket[]> {
  const sockets = [];
  for (const node of both.nodes) {
    const socket = await openSocket(node, secret);
    socket.subscribe("1", EVENTS);
    sockets.push(socket);
  }
  opened.push(...sockets);
  return sockets;
}

const closures = (sockets: RawSocket[]) => Promise.all(sockets.map(({ closed }) => inTime(closed)));
const areOpen = (sockets: RawSocket[]) => sockets.map(({ socket }) => socket.readyState === socket.OPEN);

async function aKey(admin: Caller, more: object = {}): Promise<{ id: string; secret: string }> {
  const { data } = await admin.ask(
    `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret userErrors { code } } }`,
    { input: { name: "Listener", permissions: ["event.read"], ...more } },
  );
  return { id: data.createApiKey.apiKey.id as string, secret: data.createApiKey.secret as string };
}

const KEY_REFUSED = { code: 4403, reason: expect.stringMatching(/^API_KEY_INVALID: /) as string };

describe("an API key", () => {
  it("that is revoked has its sockets closed within five seconds on every node, and no other key's", async () => {
    const [revoked, other] = [await aKey(office.admin), await aKey(office.admin)];
    const [sockets, others] = [await listeningOnBoth(revoked.secret), await listeningOnBoth(other.secret)];
    await done(office.admin, `revokeApiKey(input: { apiKeyId: "${revoked.id}" })`);
    expect(await closures(sockets)).toEqual([KEY_REFUSED, KEY_REFUSED]);
    expect(areOpen(others)).toEqual([true, true]);
    for (const node of both.nodes) expect(await listenersLeft(node, 1)).toBe(1);
  });

  it("that was rotated without overlap has the old secret's sockets closed, not the new one's", async () => {
    const { id, secret: old } = await aKey(office.admin);
    const sockets = await listeningOnBoth(old);
    const { data } = await office.admin.ask(
      `mutation { rotateApiKey(input: { apiKeyId: "${id}", overlapHours: 0 }) { secret userErrors { code } } }`,
    );
    const others = await listeningOnBoth(data.rotateApiKey.secret as string);
    expect(await closures(sockets)).toEqual([KEY_REFUSED, KEY_REFUSED]);
    expect(areOpen(others)).toEqual([true, true]);
  });

  it("whose secret was ended by hand in the database has its sockets closed, though nothing else was touched", async () => {
    const { id, secret } = await aKey(office.admin);
    const sockets = await listeningOnBoth(secret);
    await onServer(both.nodes[0]).transaction((tx) =>
      tx.execute("UPDATE api_key_secret SET expiresAt = ? WHERE apiKeyId = ?", [tx.now, id]),
    );
    expect(await closures(sockets)).toEqual([KEY_REFUSED, KEY_REFUSED]);
  });

  it("that expires has its sockets closed then, and is refused afterwards", async () => {
    // Before that a busy machine must have signed it in on both nodes.
    const end = Date.now() + 6_000;
    const { secret } = await aKey(office.admin, { expiresAt: new Date(end).toISOString() });
    const sockets = await listeningOnBoth(secret);
    expect(areOpen(sockets)).toEqual([true, true]);
    await pause(Math.max(0, end - Date.now()));
    expect(await closures(sockets)).toEqual([KEY_REFUSED, KEY_REFUSED]);
    const late = await openSocket(both.nodes[1]);
    late.send({ type: "connection_init", payload: { authorization: `Bearer ${secret}` } });
    expect(await late.closed).toMatchObject(KEY_REFUSED);
  });
});

describe("a token", () => {
  it("in the address or in a header of the upgrade is not looked at", async () => {
    const [node] = both.nodes;
    const { token } = await office.agent();
    const url = `${node.url.replace("http", "ws")}/graphql?token=${token}&authorization=Bearer%20${token}`;
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, "graphql-transport-ws", { headers });
    const closed = new Promise<unknown[]>((resolve) => {
      socket.once("close", (code, reason) => resolve([code, reason.toString()]));
    });
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(JSON.stringify({ type: "connection_init", payload: {} }));
    expect(await closed).toEqual([4403, expect.stringMatching(/^TOKEN_MISSING: /)]);

    const silent = new WebSocket(url, "graphql-transport-ws", { headers });
    const code = await new Promise((resolve) => silent.once("close", resolve));
    expect(code).toBe(4408);
  });

  it("that has expired has nothing done any more, also where its owner does not hang up", async () => {
    const [node] = both.nodes;
    const testContext = testContextOf(node);
    // As long as a busy machine may need for the first mutation.
    const lifetime = 6;
    const socket = await openSocket(node, await node.token("direct-agent", lifetime));
    const openedAt = performance.now();
    opened.push(socket);
    const invite = (id: string) =>
      socket.subscribe(
        id,
        `mutation { inviteCustomer(input: { recipientEmail: "${id}@b.example" }) { link } }`,
      );
    invite("before");
    await socket.heard(({ id, type }) => id === "before" && type === "next");
    const { _socket: wire } = socket.socket as unknown as { _socket: Socket };
    wire.pause();
    await pause(lifetime * 1_000 + 500 - (performance.now() - openedAt));
    invite("after");
    await pause(500);
    wire.resume();
    expect(await socket.closed).toMatchObject({ code: 4403 });
    const invited = await testContext.database.read((reads) =>
      reads.rows("SELECT recipientEmail FROM invitation WHERE recipientEmail LIKE '%@b.example'"),
    );
    expect(invited).toEqual([{ recipientEmail: "before@b.example" }]);
  });
});

describe("a database that does not answer", () => {
  it("throws nobody out, and who was switched off meanwhile goes when it is back", async () => {
    const [gone, colleague] = [await office.agent(), await office.agent()];
    const [sockets, others] = [await listeningOnBoth(gone.token), await listeningOnBoth(colleague.token)];
    const rename = (from: string, to: string) =>
      onServer(both.nodes[0]).transaction((tx) => tx.execute(`ALTER TABLE ${from} RENAME TO ${to}`, []));
    await rename("user_account", "user_away");
    await pause(4_500);
    expect(areOpen([...sockets, ...others])).toEqual([true, true, true, true]);
    await rename("user_away", "user_account");
    await done(office.admin, `deactivateUser(input: { userId: "${gone.actor.userId}" })`);
    expect(await closures(sockets)).toMatchObject([{ code: 4403 }, { code: 4403 }]);
    for (const socket of others) {
      socket.subscribe("2", EVENTS_PAGE);
      expect(
        (await socket.heard(({ id, type }) => id === "2" && type === "next")).payload?.errors,
      ).toBeUndefined();
    }
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "graphql-sse";
import { CLOSE_GRACE_MS } from "../../src/transport/streams/live-endpoint";
import { HIGH_WATERMARK } from "../../src/live/live-sink";
import { AT_ONCE_MS, within } from "../support/patience";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { EVENTS, openStream, type RawStream, send, type StreamAsked } from "./stream";
import { commitEvents, inviteAndAccept, listenersLeft, onServer, organizationOf } from "./scenario";

let server: TestServer;
let organizationId: string;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  organizationId = await organizationOf(server, "direct-agent");
  token = await server.token("direct-agent");
});
afterAll(() => server.stop());
const opened: RawStream[] = [];
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.hangUp();
  await listenersLeft(server);
});
async function stream(asked: Partial<StreamAsked>): Promise<RawStream> {
  const one = await openStream(server, { token, ...asked });
  opened.push(one);
  return one;
}
const positions = ({ events }: RawStream) =>
  events.flatMap(({ data }) => (data?.data ? [data.data.events.position as number] : []));

describe("a stream of server-sent events", () => {
  it("begins at once, gives each event as it is committed, and says what it cost", async () => {
    const listening = await stream({ query: EVENTS });
    expect(listening.status).toBe(200);
    expect(listening.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.any(String) as string,
      "ratelimit-limit": expect.any(String) as string,
    });
    expect(await listenersLeft(server, 1)).toBe(1);
    await commitEvents(server, organizationId, 2);
    const [first, second] = await listening.heard(2);
    expect(first).toEqual({
      event: "next",
      data: {
        data: { events: expect.objectContaining({ type: "CUSTOMER_UPDATED" }) as unknown },
        extensions: { cost: { requested: expect.any(Number) as number, maximum: 1_500 } },
      },
    });
    expect(second?.data?.data.events.position).toBe(first?.data?.data.events.position + 1);
  });

  it("can be asked for by GET, and begins after a cursor", async () => {
    const before = await stream({ query: EVENTS });
    expect(await listenersLeft(server, 1)).toBe(1);
    await commitEvents(server, organizationId, 3);
    const [first] = await before.heard(3);
    const variables = JSON.stringify({ after: first?.data?.data.events.cursor as string });
    const query = new URLSearchParams({ query: EVENTS, variables }).toString();
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const again = await send(`${server.url}/graphql/stream?${query}`, "GET", undefined, headers);
    opened.push(again);
    await again.heard(2);
    await commitEvents(server, organizationId, 1);
    await again.heard(3);
    const [start = 0] = positions(before);
    expect(positions(again)).toEqual([start + 1, start + 2, start + 3]);
  });

  it("speaks the protocol as a client library understands it", async () => {
    const client = createClient({
      url: `${server.url}/graphql/stream`,
      headers: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    const asked = client.iterate({ query: "{ viewer { email } }" });
    expect(await asked.next()).toMatchObject({
      value: { data: { viewer: { email: expect.any(String) as string } } },
    });
    expect(await asked.next()).toMatchObject({ done: true });
    const live = client.iterate({ query: "subscription { invitationAccepted { companyName } }" });
    const next = live.next();
    expect(await listenersLeft(server, 1)).toBe(1);
    await inviteAndAccept(server);
    expect(await next).toMatchObject({
      value: { data: { invitationAccepted: { companyName: "Blue Fern Bakery" } } },
    });
    await live.return?.();
    expect(await listenersLeft(server)).toBe(0);
    client.dispose();
  });

  it("answers queries, and mutations by POST only", async () => {
    const queried = await stream({ query: "query Me { viewer { email } }" });
    expect(await queried.over).toBe("ended");
    expect(queried.events).toEqual([
      {
        event: "next",
        data: {
          data: { viewer: { email: expect.any(String) as string } },
          extensions: { cost: expect.objectContaining({ budget: expect.any(Object) as object }) as object },
        },
      },
      { event: "complete", data: undefined },
    ]);
    const mutation =
      'mutation { removeRelationship(input: { relationshipId: "x" }) { userErrors { code } } }';
    const mutated = await stream({ query: mutation });
    await mutated.over;
    expect(mutated.events[0]?.data?.data).toEqual({
      removeRelationship: { userErrors: [{ code: "ID_MALFORMED" }] },
    });

    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const query = new URLSearchParams({ query: mutation }).toString();
    const got = await send(`${server.url}/graphql/stream?${query}`, "GET", undefined, headers);
    expect(got.status).toBe(405);
    await got.over;
    expect(got.text()).toContain("POST");
  });

  it("lets go of its listener when its reader hangs up, and while it is being signed up", async () => {
    const listening = await stream({ query: EVENTS });
    expect(await listenersLeft(server, 1)).toBe(1);
    listening.hangUp();
    expect(await listenersLeft(server)).toBe(0);
    for (let round = 0; round < 10; round++) {
      const early = openStream(server, { token, query: EVENTS }).catch(() => undefined);
      await pause(round);
      void early.then((one) => one?.hangUp());
    }
    await pause(300);
    expect(await listenersLeft(server)).toBe(0);
  });

  it("holds nothing in memory for a reader that stops, who then reads on where it was", async () => {
    const slow = await stream({ query: EVENTS });
    expect(await listenersLeft(server, 1)).toBe(1);
    slow.response.pause();
    await commitEvents(server, organizationId, 1_000);
    await pause(500);
    expect(server.running.live.listenerCount).toBe(1);
    slow.response.resume();
    await slow.heard(1_000, 30_000);
    const found = positions(slow);
    expect(found).toEqual(Array.from({ length: 1_000 }, (_, at) => (found[0] ?? 0) + at));
  });
});

describe("a server that stops", () => {
  it("ends its streams at once, without saying that they are complete", async () => {
    const stopping = await startTestServer();
    const listening = await openStream(stopping, {
      token: await stopping.token("direct-agent"),
      query: EVENTS,
    });
    expect(await listenersLeft(stopping, 1)).toBe(1);
    const startedAt = performance.now();
    const stopped = stopping.stop();
    expect(await listening.over).toBe("ended");
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(listening.events).toEqual([]);
  });

  it("cuts off a reader that takes nothing after a grace period", async () => {
    const stopping = await startTestServer();
    const long = Array.from({ length: 9 }, (_, n) => `a${n}: companyName`).join(" ");
    const stuck = await openStream(stopping, {
      token: await stopping.token("direct-agent"),
      query: `subscription { events { id ... on CustomerEvent { ${long} } } }`,
    });
    expect(await listenersLeft(stopping, 1)).toBe(1);
    stuck.response.pause();
    const partnerId = await organizationOf(stopping, "direct-agent");
    const facts = { customerId: "cust", partnerId, companyName: "x".repeat(20_000), domain: "d.example" };
    // More than what the buffers on the way take: 7 MB.
    await onServer(stopping).transaction(async (tx) => {
      for (let n = 0; n < 40; n++) tx.record("customer.updated", facts);
      return Promise.resolve();
    });
    await until(() => stopping.running.connections.unread >= HIGH_WATERMARK);
    const startedAt = performance.now();
    await stopping.stop();
    expect(performance.now() - startedAt).toBeGreaterThan(CLOSE_GRACE_MS - 100);
    expect(performance.now() - startedAt).toBeLessThan(within(CLOSE_GRACE_MS));
    stuck.hangUp();
  });
});

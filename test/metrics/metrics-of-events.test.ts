import { randomBytes } from "node:crypto";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { write } from "../events/streams";
import { openSocket, type RawSocket } from "../live/socket";
import { inviteAndAccept, listenersLeft } from "../live/scenario";
import { aPartner } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { aReceiver, type Receiver } from "../webhooks/receiver";
import { figuresAt, growthOf, sumOf } from "./figures";

let server: TestServer;
let testContext: TestContext;
let receiver: Receiver;
beforeAll(async () => {
  const environment = {
    METRICS_PORT: "0",
    WEBHOOK_DELIVERIES_AT_ONCE: "4",
    WEBHOOKS_ALLOW_INSECURE: "on",
    SECRETS_KEY: randomBytes(32).toString("base64"),
  };
  server = await startTestServer(environment, undefined, {
    jobIntervals: { endSubscriptionTerms: 50, expireInvitations: 50 },
  });
  testContext = testContextOf(server);
  receiver = await aReceiver();
});
afterAll(async () => {
  await receiver.close();
  await server.stop();
});

const figures = () => figuresAt(server.running.metricsUrl!);
const growth = growthOf(figures);

/** An invitation that is made and accepted: invited, accepted, and a relationship established. */
const EVENTS = 3;
const resultsOf = ({ messages }: RawSocket) => messages.filter(({ type }) => type === "next").length;

describe("the figures of live events", () => {
  it("say who listens, how many executions serve them, and what they were sent", async () => {
    const person = async () => openSocket(server, await server.token("direct-agent"));
    const [one, other] = [await person(), await person()];
    for (const socket of [one, other]) socket.subscribe("1", "subscription { events { id } }");
    await listenersLeft(server, 2);
    await until(async () => sumOf(await figures(), "live_catching_up") === 0);
    const now = await figures();
    expect(sumOf(now, "live_sessions")).toBe(2);
    expect(sumOf(now, "live_listeners")).toBe(2);
    expect(sumOf(now, "live_executions")).toBe(1);
    const happen = async () => {
      await inviteAndAccept(server);
      await until(() => [one, other].every((socket) => resultsOf(socket) === EVENTS));
    };
    expect(await growth(happen, "live_deliveries_total")).toBe(2 * EVENTS);
    for (const { socket } of [one, other]) socket.terminate();
    await until(async () => sumOf(await figures(), "live_sessions") === 0);
  });
});

describe("the figures of events and webhooks", () => {
  it("have events by type, attempts by outcome, and how far endpoints are behind", async () => {
    const { partner, actor } = await aPartner(testContext);
    const caller = await callerFor(server, actor);
    const registered = await caller.ask(
      `mutation ($url: String!) { createWebhookEndpoint(input: { url: $url }) { userErrors { code } } }`,
      { url: receiver.url },
    );
    expect(registered.data.createWebhookEndpoint.userErrors).toEqual([]);
    testContext.clock = { now: new Date().toISOString() };
    const happen = async () => {
      await write(testContext, [partner.id], ["one", "two"], server.running.services.notify);
      await until(
        async () => sumOf(await figures(), "webhook_attempts_total", { outcome: "delivered" }) >= 2,
      );
    };
    expect(await growth(happen, "events_recorded_total")).toBeGreaterThanOrEqual(1);
    await until(async () => sumOf(await figures(), "webhook_lag_events", { of: "all" }) === 0);
    await server.running.services.database.schemaSource.query(
      "UPDATE webhook_endpoint SET status = 'ACTIVE', leaseUntil = '2999-01-01T00:00:00.000Z', deliveredPosition = 0",
    );
    const behind = await figures();
    expect(sumOf(behind, "webhook_lag_events", { of: "furthest" })).toBeGreaterThanOrEqual(2);
    expect(sumOf(behind, "webhook_lag_events", { of: "all" })).toBeGreaterThanOrEqual(2);
  });
});

import { enableWebhookEndpoint, type WebhookTestOverrides } from "../../src/webhooks";
import { forgetOldDeliveries } from "../../src/webhooks/forget-old-deliveries";
import { write } from "../events/streams";
import { openWebhookTestContext, type WebhookTestContext, type Registered } from "./webhook-test-context";
import { type Answering, drip, dripHeaders, hang, status } from "./receiver";
import { DAY, forgetEndpoints, HOUR, MINUTE, playTime, SECOND, timeOf } from "./virtual-time";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());
afterEach(async () => {
  expect(webhookContext.errors).toEqual([]);
  await forgetEndpoints(webhookContext);
});

/** The delays of Standard Webhooks 1.0.0, from one attempt to the next. */
const SCHEDULE = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2, 5, 10, 14, 20, 24].map((one) =>
  one < 100 ? one * HOUR : one,
);

const now = () => timeOf(webhookContext);
const play = (one: Registered, lengthMs: number, overrides?: WebhookTestOverrides) =>
  playTime(webhookContext, one, lengthMs, overrides);

const sums = (delays: number[]) =>
  delays.reduce((times, delay) => [...times, times[times.length - 1] + delay], [0]);

const idsOf = ({ receiver }: Registered) => new Set(receiver.got.map(({ headers }) => headers["webhook-id"]));

describe("over 24 hours of virtual time", () => {
  it.each<[string, Answering, { error: string; statusCode?: number | null }]>([
    ["fails", status(500), { statusCode: 500, error: "REFUSED" }],
    ["is busy", status(503), { statusCode: 503, error: "REFUSED" }],
    ["knows nobody", status(404), { statusCode: 404, error: "REFUSED" }],
    ["hangs", hang, { statusCode: null, error: "TIMEOUT" }],
    ["redirects", status(302, { location: "/elsewhere" }), { statusCode: 302, error: "REDIRECTED" }],
    ["redirects for good", status(308, { location: "/elsewhere" }), { statusCode: 308, error: "REDIRECTED" }],
    ["drips its body", drip, { error: "TIMEOUT" }],
    ["drips its headers", dripHeaders, { statusCode: null, error: "TIMEOUT" }],
    ["hangs up", (response) => response.destroy(), { statusCode: null, error: "CONNECTION_FAILED" }],
    [
      "talks no HTTP",
      (response) => response.socket?.end("SSH-2.0-receiver\r\n\r\n"),
      { statusCode: null, error: "ANSWER_UNREADABLE" },
    ],
  ])(
    "a receiver that %s is tried by the schedule, with one id, and the next event waits",
    async (_, answering, how) => {
      const one = await webhookContext.endpoint();
      one.receiver.answer(answering);
      await write(webhookContext.testContext, [one.organizationId], ["one", "two"]);
      const { attempts } = await play(one, DAY, { timeoutMs: how.error === "TIMEOUT" ? 300 : 10_000 });
      const planned = sums(SCHEDULE).filter((at) => at <= DAY);
      expect(planned).toHaveLength(7);
      expect(attempts).toEqual(planned);
      expect(one.receiver.words()).toEqual(Array(7).fill("one"));
      expect(new Set(one.receiver.got.map(({ path }) => path))).toEqual(new Set(["/hooks"]));
      expect(idsOf(one).size).toBe(1);
      const log = await webhookContext.log(one.endpoint.id);
      expect(log).toMatchObject(log.map((_, at) => ({ attempt: at + 1, outcome: "FAILED", ...how })));
    },
  );

  it("each attempt is signed anew, with the time of its own", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer(status(500));
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    const begin = now();
    const { attempts } = await play(one, HOUR);
    const stamps = one.receiver.got.map(({ headers }) => Number(headers["webhook-timestamp"]));
    expect(stamps).toEqual(attempts.map((at) => Math.floor((begin + at) / 1_000)));
    expect(new Set(one.receiver.got.map(({ headers }) => headers["webhook-signature"])).size).toBe(4);
  });

  it("a receiver that comes back gets what it missed, in order, at the next attempt", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer((response, _request, before) => response.writeHead(before < 3 ? 500 : 200).end());
    await write(webhookContext.testContext, [one.organizationId], ["one", "two", "three"]);
    const { attempts } = await play(one, DAY);
    expect(one.receiver.words()).toEqual(["one", "one", "one", "one", "two", "three"]);
    expect(attempts[3]).toBe(sums(SCHEDULE)[3]);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ attempt: 0, failingSince: null });
  });

  it("the delays vary by a fifth", async () => {
    for (const [random, factor] of [
      [0, 0.8],
      [0.999_999_999, 1.2],
    ] as const) {
      const one = await webhookContext.endpoint();
      one.receiver.answer(status(500));
      await write(webhookContext.testContext, [one.organizationId], ["one"]);
      const { attempts } = await play(one, DAY, { random: () => random });
      expect(attempts.slice(0, 4)).toEqual(sums(SCHEDULE.map((delay) => delay * factor)).slice(0, 4));
    }
  });
});

describe("an event that failed ten times", () => {
  it("is given up after about 75.6 hours, and the next one goes", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer((response, { event }) =>
      response.writeHead(event.data.companyName === "one" ? 500 : 204).end(),
    );
    await write(webhookContext.testContext, [one.organizationId], ["one", "two", "three"]);
    const { attempts } = await play(one, 4 * DAY);
    expect(attempts[9] / HOUR).toBeCloseTo(75.6, 1);
    expect(one.receiver.words()).toEqual([...Array<string>(10).fill("one"), "two", "three"]);
    const log = await webhookContext.log(one.endpoint.id);
    expect(log.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(9).fill("FAILED"),
      "GAVE_UP",
      "DELIVERED",
      "DELIVERED",
    ]);
    expect(log[8]?.nextAttemptAt).not.toBeNull();
    expect(log[9]?.nextAttemptAt).toBeNull();
  });
});

describe("five days of nothing but failure", () => {
  it("disable the endpoint, and its organization is told by an event; enabled, it goes on where it was", async () => {
    const one = await webhookContext.endpoint({ description: "our CRM" });
    one.receiver.answer(status(500));
    await write(webhookContext.testContext, [one.organizationId], ["one", "two"]);
    await play(one, 5 * DAY - 1);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ status: "ACTIVE", attempt: 8 });
    await play(one, DAY);
    const row = await webhookContext.row(one.endpoint.id);
    expect(row).toMatchObject({ status: "DISABLED", disabledReason: "FAILING", deliveredPosition: 1 });
    expect(Date.parse(row.disabledAt!) - Date.parse(row.failingSince!)).toBeGreaterThanOrEqual(5 * DAY);
    const events = await webhookContext.testContext.eventsOf(one.organizationId);
    expect(events[2]).toMatchObject({
      type: "webhook.disabled",
      actorId: "system",
      webhookEndpointId: one.endpoint.id,
      host: new URL(one.receiver.url).host,
      description: "our CRM",
      reason: "FAILING",
    });
    const sent = one.receiver.got.length;
    await play(one, 10 * DAY);
    expect(one.receiver.got).toHaveLength(sent);

    one.receiver.answer(status(204));
    await enableWebhookEndpoint(webhookContext.testContext.as(one.owner.actor), {
      endpointId: one.endpoint.id,
    });
    await play(one, HOUR);
    expect(one.receiver.got.slice(sent).map(({ event }) => event.type)).toEqual([
      "customer.updated",
      "webhook.disabled",
    ]);
    expect(one.receiver.words().slice(sent)[0]).toBe("two");
  });

  it("do not come about when one event in between was delivered", async () => {
    const one = await webhookContext.endpoint();
    let delivered = 0;
    one.receiver.answer((response, { event }) => {
      const isGood = event.data.companyName === "good";
      delivered += isGood ? 1 : 0;
      response.writeHead(isGood ? 204 : 500).end();
    });
    await write(webhookContext.testContext, [one.organizationId], ["bad", "good", "bad"]);
    await play(one, 6 * DAY);
    expect(delivered).toBe(1);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ status: "ACTIVE" });
  });
});

describe("410", () => {
  it("disables the endpoint at once, and its organization is told by an event", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer(status(410));
    await write(webhookContext.testContext, [one.organizationId], ["one", "two"]);
    await play(one, DAY);
    expect(one.receiver.got).toHaveLength(1);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({
      status: "DISABLED",
      disabledReason: "GONE",
      version: 2,
      deliveredPosition: 0,
    });
    const events = await webhookContext.testContext.eventsOf(one.organizationId);
    expect(events[2]).toMatchObject({ type: "webhook.disabled", reason: "GONE" });
    expect(await webhookContext.log(one.endpoint.id)).toMatchObject([
      { outcome: "FAILED", nextAttemptAt: null },
    ]);
  });
});

describe("the delivery log", () => {
  it("is forgotten after 30 days", async () => {
    const one = await webhookContext.endpoint();
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await play(one, 0);
    webhookContext.wait(30 * DAY - 1);
    await write(webhookContext.testContext, [one.organizationId], ["two"]);
    await play(one, 0);
    await webhookContext.testContext.system.transaction(forgetOldDeliveries);
    expect(await webhookContext.log(one.endpoint.id)).toHaveLength(2);
    webhookContext.wait(1);
    await webhookContext.testContext.system.transaction(forgetOldDeliveries);
    expect(await webhookContext.log(one.endpoint.id)).toMatchObject([{ position: 2 }]);
  });
});

import { WebhookDeliveryError } from "../../entities/webhooks/webhook-delivery";
import { Webhook } from "standardwebhooks";
import { allEventTypes } from "../../src/events/event-map";
import {
  createWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  replayWebhook,
  retryWebhookDelivery,
  rotateWebhookSecret,
  sendTestWebhook,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import { eventCursor } from "../../src/events/event-cursor";
import { write } from "../events/streams";
import { refusalOf, refusalsOf } from "../support/refusals";
import { openPostOffice, type PostOffice, until } from "./post-office";
import { aReceiver, type Receiver, status } from "./receiver";

let office: PostOffice;
beforeAll(async () => {
  office = await openPostOffice();
});
afterAll(() => office.close());
afterEach(() => expect(office.errors).toEqual([]));

/** A request as the standardwebhooks package wants it. */
function messageOf({ got }: Receiver, at: number): { body: string; headers: Record<string, string> } {
  const { body, headers } = got[at];
  return { body, headers: headers as Record<string, string> };
}

describe("an endpoint", () => {
  it("gets the events that happen after it was registered, in order, each once", async () => {
    const { organizationId, receiver, endpoint } = await office.endpoint();
    const worker = office.worker();
    await write(office.house, [organizationId], ["one", "two", "three"]);
    await worker.catchUp();
    await write(office.house, [organizationId], ["four"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", "four"]);
    expect(receiver.most).toBe(1);
    const log = await office.log(endpoint.id);
    expect(log.map(({ outcome, attempt, statusCode }) => [outcome, attempt, statusCode])).toEqual(
      Array(4).fill(["DELIVERED", 1, 204]),
    );
    expect(log.map(({ eventId }) => eventId)).toEqual(receiver.got.map(({ event }) => event.id));
  });

  it("gets nothing of what happened before, unless it names a cursor", async () => {
    const early = await office.endpoint();
    const { owner, organizationId } = early;
    await write(office.house, [organizationId], ["one", "two", "three"]);
    const late = await office.endpoint();
    const receiver = late.receiver;
    const ctx = office.house.as(owner.actor);
    await createWebhookEndpoint(ctx, { url: receiver.url, after: eventCursor(organizationId, 1) });
    await createWebhookEndpoint(ctx, { url: `${receiver.url}/now` });
    await office.worker().catchUp();
    expect(receiver.words()).toEqual(["two", "three"]);
    expect(early.receiver.words()).toEqual(["one", "two", "three"]);
  });

  it("gets the event whole, as the events query has it, and small", async () => {
    const { organizationId, receiver } = await office.endpoint();
    await write(office.house, [organizationId], ["one"]);
    await office.worker().catchUp();
    const [event] = await office.house.eventsOf(organizationId);
    const { id, type, version, position, cursor, occurredAt, actorId, requestId } = event;
    expect(receiver.got[0]?.event).toEqual({
      ...{ id, type, version, position, cursor, occurredAt, actorId, requestId },
      data: { customerId: "cust", partnerId: "part", companyName: "one", domain: "d.example" },
    });
    expect(receiver.got[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Partnergraph-Webhooks/1",
      "webhook-id": id,
    });
  });

  it("gets the head of an event whose facts are too large, and is told so", async () => {
    const { organizationId, receiver } = await office.endpoint();
    await write(office.house, [organizationId], ["x".repeat(30_000)]);
    await office.worker().catchUp();
    expect(receiver.got[0]?.body.length).toBeLessThan(20_000);
    expect(receiver.got[0]?.event).toMatchObject({ position: 1, data: null, dataOmitted: true });
  });

  it("gets only the types that it wants, and stops nowhere because of the others", async () => {
    const { organizationId, receiver, endpoint, owner } = await office.endpoint({
      eventTypes: ["customer.added"],
    });
    const worker = office.worker();
    const facts = { customerId: "c", partnerId: "p", domain: "d.example" };
    await write(office.house, [organizationId], Array<string>(450).fill("unwanted"));
    await office.house.system.transaction(async (tx) => {
      tx.record("customer.added", { ...facts, companyName: "wanted" }, [organizationId]);
      return Promise.resolve();
    });
    await write(office.house, [organizationId], ["unwanted"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["wanted"]);
    expect(await office.row(endpoint.id)).toMatchObject({ deliveredPosition: 452, version: 1 });

    const input = { endpointId: endpoint.id, eventTypes: [] };
    await updateWebhookEndpoint(office.house.as(owner.actor), input);
    await write(office.house, [organizationId], ["any"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["wanted", "any"]);
  });

  it("waits for no other one: a receiver that hangs holds up its own events only", async () => {
    const slow = await office.endpoint();
    const quick = await office.endpoint();
    slow.receiver.answer(() => undefined);
    const worker = office.worker({ timeoutMs: 1_500 });
    await write(office.house, [slow.organizationId, quick.organizationId], ["one", "two"]);
    const caughtUp = worker.catchUp();
    await until(() => quick.receiver.got.length === 2);
    expect(slow.receiver.words()).toEqual(["one"]);
    await caughtUp;
    expect(slow.receiver.words()).toEqual(["one"]);
    slow.receiver.answer(status(204));
  });

  it("gets nothing of another organization", async () => {
    const one = await office.endpoint();
    const other = await office.endpoint();
    await write(office.house, [one.organizationId], ["mine"]);
    await office.worker().catchUp();
    expect(one.receiver.words()).toEqual(["mine"]);
    expect(other.receiver.got).toEqual([]);
  });

  it("gets nothing while it is disabled, and goes on where it stopped", async () => {
    const { organizationId, receiver, endpoint, owner } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    const worker = office.worker();
    await write(office.house, [organizationId], ["one"]);
    await worker.catchUp();
    const disabled = (await disableWebhookEndpoint(ctx, { endpointId: endpoint.id })).endpoint;
    expect(disabled).toMatchObject({ status: "DISABLED", disabledReason: "REQUESTED" });
    await write(office.house, [organizationId], ["two"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one"]);
    expect(await refusalOf(sendTestWebhook(ctx, { endpointId: endpoint.id }))).toBe(
      "WEBHOOK_ENDPOINT_DISABLED",
    );
    await enableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two"]);
    expect((await office.house.eventsOf(organizationId)).map(({ type }) => type)).not.toContain(
      "webhook.disabled",
    );
  });

  it("gets the event that is being tried at its new address at once, with the attempts counted anew", async () => {
    const { organizationId, receiver, endpoint, owner } = await office.endpoint();
    const worker = office.worker();
    receiver.answer(status(500));
    await write(office.house, [organizationId], ["one"]);
    await worker.catchUp();
    const elsewhere = await aReceiver();
    await updateWebhookEndpoint(office.house.as(owner.actor), {
      endpointId: endpoint.id,
      url: elsewhere.url,
    });
    await worker.catchUp();
    expect(elsewhere.words()).toEqual(["one"]);
    expect((await office.log(endpoint.id)).map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(elsewhere.got[0]?.event.id).toBe(receiver.got[0]?.event.id);
    await elsewhere.close();
  });
});

describe("a signature", () => {
  it("is one that the standardwebhooks package believes, of the very bytes, and no other secret's", async () => {
    office.house.clock.now = new Date().toISOString();
    const { organizationId, receiver, secret } = await office.endpoint();
    const own = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const given = await office.endpoint({ secret: own });
    expect(given.secret).toBe(own);
    await write(office.house, [organizationId, given.organizationId], ["Ærø & Søn"]);
    await office.worker().catchUp();
    const { body, headers } = messageOf(receiver, 0);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ data: { companyName: "Ærø & Søn" } });
    expect(() => new Webhook(own).verify(body, headers)).toThrow("No matching signature");
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
    const other = messageOf(given.receiver, 0);
    expect(new Webhook(own).verify(other.body, other.headers)).toBeDefined();
  });

  it("is made by both secrets while a rotation overlaps, then by the new one alone", async () => {
    office.house.clock.now = new Date().toISOString();
    const { organizationId, receiver, secret, endpoint, owner } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    const worker = office.worker();
    const believes = (one: string, at: number) => {
      const { body, headers } = messageOf(receiver, at);
      const key = new Webhook(one);
      const timestamp = new Date(Number(headers["webhook-timestamp"]) * 1_000);
      return headers["webhook-signature"]
        .split(" ")
        .includes(key.sign(headers["webhook-id"], timestamp, body));
    };
    const rotated = await rotateWebhookSecret(ctx, { endpointId: endpoint.id, overlapHours: 2 });
    expect(rotated.endpoint.sealedSecrets).toHaveLength(2);
    await write(office.house, [organizationId], ["both"]);
    await worker.catchUp();
    expect([believes(secret, 0), believes(rotated.secret, 0)]).toEqual([true, true]);
    expect(receiver.got[0]?.headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);

    expect(await refusalOf(rotateWebhookSecret(ctx, { endpointId: endpoint.id }))).toBe(
      "WEBHOOK_SECRETS_OVERLAP",
    );
    office.wait(2 * 3_600_000);
    await write(office.house, [organizationId], ["new one"]);
    await worker.catchUp();
    expect([believes(secret, 1), believes(rotated.secret, 1)]).toEqual([false, true]);

    const leaked = await rotateWebhookSecret(ctx, { endpointId: endpoint.id, overlapHours: 0 });
    await write(office.house, [organizationId], ["newest"]);
    await worker.catchUp();
    expect([believes(rotated.secret, 2), believes(leaked.secret, 2)]).toEqual([false, true]);
  });
});

describe("a test", () => {
  it("goes to this endpoint only, at most twice a minute, signed, with an id of its own", async () => {
    const { receiver, endpoint, owner, organizationId } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    const test = () => sendTestWebhook(ctx, { endpointId: endpoint.id });
    const first = await test();
    expect(first.delivery).toMatchObject({ outcome: "PENDING", eventType: "webhook.test", startedAt: null });
    office.wait(20_000);
    await test();
    const [refused] = await refusalsOf(test());
    expect(refused).toMatchObject({
      code: "WEBHOOK_TESTS_TOO_MANY",
      kind: "LIMITED",
      details: { retryAfterSeconds: 40 },
    });
    await office.worker().catchUp();
    expect(receiver.got).toHaveLength(2);
    expect(receiver.got[0]?.event).toMatchObject({
      id: first.delivery.eventId,
      type: "webhook.test",
      version: 1,
      position: null,
      actorId: owner.actor.userId,
      requestId: "test-request",
      data: { webhookEndpointId: endpoint.id },
    });
    expect(receiver.got[1]?.event.id).not.toBe(first.delivery.eventId);
    expect((await office.log(endpoint.id)).map(({ outcome }) => outcome)).toEqual(["DELIVERED", "DELIVERED"]);
    expect(await office.house.eventsOf(organizationId)).toEqual([]);
    office.wait(40_000);
    await test();
  });

  it("that fails is not tried again, and counts for nothing", async () => {
    const { receiver, endpoint, owner } = await office.endpoint();
    receiver.answer(status(500));
    await sendTestWebhook(office.house.as(owner.actor), { endpointId: endpoint.id });
    const worker = office.worker();
    await worker.catchUp();
    office.wait(86_400_000);
    await worker.catchUp();
    expect(receiver.got).toHaveLength(1);
    expect(await office.log(endpoint.id)).toMatchObject([{ outcome: "FAILED", statusCode: 500 }]);
    expect(await office.row(endpoint.id)).toMatchObject({ attempt: 0, failingSince: null });
  });
});

describe("repeating", () => {
  it("sends a delivered event again, out of turn, with the same id and content", async () => {
    const { receiver, endpoint, owner, organizationId } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    const worker = office.worker();
    await write(office.house, [organizationId], ["one", "two"]);
    await worker.catchUp();
    const [first] = await office.log(endpoint.id);
    const { delivery } = await retryWebhookDelivery(ctx, { deliveryId: first.id });
    expect(delivery).toMatchObject({ outcome: "PENDING", attempt: 2, requestedBy: owner.actor.userId });
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: delivery.id }))).toBe(
      "WEBHOOK_DELIVERY_NOT_REPEATABLE",
    );
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "one"]);
    expect(receiver.got[2]?.body).toBe(receiver.got[0]?.body);
    expect(receiver.got[2]?.headers["webhook-id"]).toBe(receiver.got[0]?.headers["webhook-id"]);
    expect(await office.row(endpoint.id)).toMatchObject({ deliveredPosition: 2 });
  });

  it("gets an endpoint going that is stuck: the event is done, and the next one follows at once", async () => {
    const { receiver, endpoint, owner, organizationId } = await office.endpoint();
    const worker = office.worker();
    receiver.answer(status(500));
    await write(office.house, [organizationId], ["one", "two"]);
    await worker.catchUp();
    const [failed] = await office.log(endpoint.id);
    receiver.answer(status(204));
    await retryWebhookDelivery(office.house.as(owner.actor), { deliveryId: failed.id });
    await worker.catchUp();
    office.wait(86_400_000);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "one", "two"]);
    expect(await office.row(endpoint.id)).toMatchObject({ attempt: 0, failingSince: null });
  });

  it("is not for tests, nor for what is disabled, nor for another organization's deliveries", async () => {
    const { endpoint, owner, organizationId } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    await sendTestWebhook(ctx, { endpointId: endpoint.id });
    await write(office.house, [organizationId], ["one"]);
    await office.worker().catchUp();
    const [test, delivered] = await office.log(endpoint.id);
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: test.id }))).toBe(
      "WEBHOOK_DELIVERY_NOT_REPEATABLE",
    );
    const stranger = office.house.as((await office.endpoint()).owner.actor);
    expect(await refusalOf(retryWebhookDelivery(stranger, { deliveryId: delivered.id }))).toBe(
      "WEBHOOK_DELIVERY_NOT_FOUND",
    );
    await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: delivered.id }))).toBe(
      "WEBHOOK_ENDPOINT_DISABLED",
    );
  });

  it("is not without bounds", async () => {
    const { endpoint, owner, organizationId } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    await write(office.house, [organizationId], ["one"]);
    await office.worker().catchUp();
    const [delivered] = await office.log(endpoint.id);
    for (let times = 0; times < 100; times++) await retryWebhookDelivery(ctx, { deliveryId: delivered.id });
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: delivered.id }))).toBe(
      "WEBHOOK_REPETITIONS_TOO_MANY",
    );
    await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    const log = await office.log(endpoint.id);
    expect(log.filter(({ error }) => error === WebhookDeliveryError.ENDPOINT_DISABLED)).toHaveLength(100);
  });

  it("replays from a place in the stream on, back or forth, in order and with the same ids", async () => {
    const { receiver, endpoint, owner, organizationId } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    const worker = office.worker();
    await write(office.house, [organizationId], ["one", "two", "three"]);
    await worker.catchUp();
    const after = (position: number) =>
      replayWebhook(ctx, { endpointId: endpoint.id, after: eventCursor(organizationId, position) });
    await after(1);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", "two", "three"]);
    expect(receiver.got[3]?.body).toBe(receiver.got[1]?.body);
    await write(office.house, [organizationId], ["four", "five"]);
    await after(4);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", "two", "three", "five"]);
    expect(await refusalOf(after(6))).toBe("EVENTS_CURSOR_AHEAD");
    const foreign = eventCursor((await office.endpoint()).organizationId, 0);
    expect(await refusalOf(replayWebhook(ctx, { endpointId: endpoint.id, after: foreign }))).toBe(
      "EVENTS_CURSOR_FOREIGN",
    );
  });

  it("wins against a delivery that is under way: what that one says afterwards moves nothing", async () => {
    const { receiver, endpoint, owner, organizationId } = await office.endpoint();
    const ctx = office.house.as(owner.actor);
    await write(office.house, [organizationId], ["one", "two"]);
    const worker = office.worker();
    await worker.catchUp();
    let answer: () => void = () => undefined;
    receiver.answer((response) => (answer = () => response.writeHead(204).end()));
    await write(office.house, [organizationId], ["three"]);
    const caughtUp = worker.catchUp();
    await until(() => receiver.got.length === 3);
    await replayWebhook(ctx, { endpointId: endpoint.id, after: eventCursor(organizationId, 0) });
    receiver.answer(status(204));
    answer();
    await caughtUp;
    expect(receiver.words()).toEqual(["one", "two", "three", "one", "two", "three"]);
  });
});

describe("the catalogue", () => {
  it("knows the event of a disabled endpoint, and no test", () => {
    expect(allEventTypes).toContain("webhook.disabled");
    expect(allEventTypes).not.toContain("webhook.test");
  });
});

import { WebhookDeliveryError } from "../../entities/webhooks/webhook-delivery";
import { eventCursor } from "../../src/events/event-cursor";
import { allEventTypes } from "../../src/events/event-map";
import {
  disableWebhookEndpoint,
  replayWebhook,
  retryWebhookDelivery,
  sendTestWebhook,
} from "../../src/webhooks";
import { write } from "../events/streams";
import { refusalOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext, until } from "./webhook-test-context";
import { status } from "./receiver";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());
afterEach(() => expect(webhookContext.errors).toEqual([]));

describe("repeating", () => {
  it("sends a delivered event again, out of turn, with the same id and content", async () => {
    const { receiver, endpoint, owner, organizationId } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    const worker = webhookContext.worker();
    await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    await worker.catchUp();
    const [first] = await webhookContext.log(endpoint.id);
    const { delivery } = await retryWebhookDelivery(ctx, { deliveryId: first.id });
    expect(delivery).toMatchObject({ outcome: "PENDING", attempt: 2, requestedBy: owner.actor.userId });
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: delivery.id }))).toBe(
      "WEBHOOK_DELIVERY_NOT_REPEATABLE",
    );
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "one"]);
    expect(receiver.got[2]?.body).toBe(receiver.got[0]?.body);
    expect(receiver.got[2]?.headers["webhook-id"]).toBe(receiver.got[0]?.headers["webhook-id"]);
    expect(await webhookContext.row(endpoint.id)).toMatchObject({ deliveredPosition: 2 });
  });

  it("gets an endpoint going that is stuck: the event is done, and the next one follows at once", async () => {
    const { receiver, endpoint, owner, organizationId } = await webhookContext.endpoint();
    const worker = webhookContext.worker();
    receiver.answer(status(500));
    await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    await worker.catchUp();
    const [failed] = await webhookContext.log(endpoint.id);
    receiver.answer(status(204));
    await retryWebhookDelivery(webhookContext.testContext.as(owner.actor), { deliveryId: failed.id });
    await worker.catchUp();
    webhookContext.wait(86_400_000);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "one", "two"]);
    expect(await webhookContext.row(endpoint.id)).toMatchObject({ attempt: 0, failingSince: null });
  });

  it("is not for tests, nor for what is disabled, nor for another organization's deliveries", async () => {
    const { endpoint, owner, organizationId } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    await sendTestWebhook(ctx, { endpointId: endpoint.id });
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    const [test, delivered] = await webhookContext.log(endpoint.id);
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: test.id }))).toBe(
      "WEBHOOK_DELIVERY_NOT_REPEATABLE",
    );
    const outsider = webhookContext.testContext.as((await webhookContext.endpoint()).owner.actor);
    expect(await refusalOf(retryWebhookDelivery(outsider, { deliveryId: delivered.id }))).toBe(
      "WEBHOOK_DELIVERY_NOT_FOUND",
    );
    await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: delivered.id }))).toBe(
      "WEBHOOK_ENDPOINT_DISABLED",
    );
  });

  it("is not without bounds", async () => {
    const { endpoint, owner, organizationId } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    const [delivered] = await webhookContext.log(endpoint.id);
    for (let times = 0; times < 100; times++) await retryWebhookDelivery(ctx, { deliveryId: delivered.id });
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: delivered.id }))).toBe(
      "WEBHOOK_REPETITIONS_TOO_MANY",
    );
    await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    const log = await webhookContext.log(endpoint.id);
    expect(log.filter(({ error }) => error === WebhookDeliveryError.ENDPOINT_DISABLED)).toHaveLength(100);
  });

  it("replays from a place in the stream on, back or forth, in order and with the same ids", async () => {
    const { receiver, endpoint, owner, organizationId } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    const worker = webhookContext.worker();
    await write(webhookContext.testContext, [organizationId], ["one", "two", "three"]);
    await worker.catchUp();
    const after = (position: number) =>
      replayWebhook(ctx, { endpointId: endpoint.id, after: eventCursor(organizationId, position) });
    await after(1);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", "two", "three"]);
    expect(receiver.got[3]?.body).toBe(receiver.got[1]?.body);
    await write(webhookContext.testContext, [organizationId], ["four", "five"]);
    await after(4);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", "two", "three", "five"]);
    expect(await refusalOf(after(6))).toBe("EVENTS_CURSOR_AHEAD");
    const foreign = eventCursor((await webhookContext.endpoint()).organizationId, 0);
    expect(await refusalOf(replayWebhook(ctx, { endpointId: endpoint.id, after: foreign }))).toBe(
      "EVENTS_CURSOR_FOREIGN",
    );
  });

  it("wins against a delivery that is under way: what that one says afterwards moves nothing", async () => {
    const { receiver, endpoint, owner, organizationId } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    const worker = webhookContext.worker();
    await worker.catchUp();
    let answer: () => void = () => undefined;
    receiver.answer((response) => (answer = () => response.writeHead(204).end()));
    await write(webhookContext.testContext, [organizationId], ["three"]);
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

import {
  createWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  sendTestWebhook,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import { eventCursor } from "../../src/events/event-cursor";
import { write } from "../events/streams";
import { refusalOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext, until } from "./webhook-test-context";
import { aReceiver, status } from "./receiver";
import { recordFor } from "../support/record-for";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());
afterEach(() => expect(webhookContext.errors).toEqual([]));

describe("an endpoint", () => {
  it("gets the events that happen after it was registered, in order, each once", async () => {
    const { organizationId, receiver, endpoint } = await webhookContext.endpoint();
    const worker = webhookContext.worker();
    await write(webhookContext.testContext, [organizationId], ["one", "two", "three"]);
    await worker.catchUp();
    await write(webhookContext.testContext, [organizationId], ["four"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", "four"]);
    expect(receiver.most).toBe(1);
    const log = await webhookContext.log(endpoint.id);
    expect(log.map(({ outcome, attempt, statusCode }) => [outcome, attempt, statusCode])).toEqual(
      Array(4).fill(["DELIVERED", 1, 204]),
    );
    expect(log.map(({ eventId }) => eventId)).toEqual(receiver.got.map(({ event }) => event.id));
  });

  it("gets nothing of what happened before, unless it names a cursor", async () => {
    const early = await webhookContext.endpoint();
    const { owner, organizationId } = early;
    await write(webhookContext.testContext, [organizationId], ["one", "two", "three"]);
    const late = await webhookContext.endpoint();
    const receiver = late.receiver;
    const ctx = webhookContext.testContext.as(owner.actor);
    await createWebhookEndpoint(ctx, { url: receiver.url, after: eventCursor(organizationId, 1) });
    await createWebhookEndpoint(ctx, { url: `${receiver.url}/now` });
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["two", "three"]);
    expect(early.receiver.words()).toEqual(["one", "two", "three"]);
  });

  it("gets the event whole, as the events query has it, and small", async () => {
    const { organizationId, receiver } = await webhookContext.endpoint();
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    const [event] = await webhookContext.testContext.eventsOf(organizationId);
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
    const { organizationId, receiver } = await webhookContext.endpoint();
    await write(webhookContext.testContext, [organizationId], ["x".repeat(30_000)]);
    await webhookContext.worker().catchUp();
    expect(receiver.got[0]?.body.length).toBeLessThan(20_000);
    expect(receiver.got[0]?.event).toMatchObject({ position: 1, data: null, dataOmitted: true });
  });

  it("gets only the types that it wants, and stops nowhere because of the others", async () => {
    const { organizationId, receiver, endpoint, owner } = await webhookContext.endpoint({
      eventTypes: ["customer.added"],
    });
    const worker = webhookContext.worker();
    const facts = { customerId: "c", partnerId: "p", domain: "d.example" };
    await write(webhookContext.testContext, [organizationId], Array<string>(450).fill("unwanted"));
    await webhookContext.testContext.system.transaction(async (tx) => {
      recordFor(tx, "customer.added", { ...facts, companyName: "wanted" }, [organizationId]);
      return Promise.resolve();
    });
    await write(webhookContext.testContext, [organizationId], ["unwanted"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["wanted"]);
    expect(await webhookContext.row(endpoint.id)).toMatchObject({ deliveredPosition: 452, version: 1 });

    const input = { endpointId: endpoint.id, eventTypes: [] };
    await updateWebhookEndpoint(webhookContext.testContext.as(owner.actor), input);
    await write(webhookContext.testContext, [organizationId], ["any"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["wanted", "any"]);
  });

  it("waits for no other one: a receiver that hangs holds up its own events only", async () => {
    const slow = await webhookContext.endpoint();
    const quick = await webhookContext.endpoint();
    slow.receiver.answer(() => undefined);
    const worker = webhookContext.worker({ timeoutMs: 1_500 });
    await write(webhookContext.testContext, [slow.organizationId, quick.organizationId], ["one", "two"]);
    const caughtUp = worker.catchUp();
    await until(() => quick.receiver.got.length === 2);
    expect(slow.receiver.words()).toEqual(["one"]);
    await caughtUp;
    expect(slow.receiver.words()).toEqual(["one"]);
    slow.receiver.answer(status(204));
  });

  it("gets nothing of another organization", async () => {
    const one = await webhookContext.endpoint();
    const other = await webhookContext.endpoint();
    await write(webhookContext.testContext, [one.organizationId], ["mine"]);
    await webhookContext.worker().catchUp();
    expect(one.receiver.words()).toEqual(["mine"]);
    expect(other.receiver.got).toEqual([]);
  });

  it("gets nothing while it is disabled, and goes on where it stopped", async () => {
    const { organizationId, receiver, endpoint, owner } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    const worker = webhookContext.worker();
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await worker.catchUp();
    const disabled = (await disableWebhookEndpoint(ctx, { endpointId: endpoint.id })).endpoint;
    expect(disabled).toMatchObject({ status: "DISABLED", disabledReason: "REQUESTED" });
    await write(webhookContext.testContext, [organizationId], ["two"]);
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one"]);
    expect(await refusalOf(sendTestWebhook(ctx, { endpointId: endpoint.id }))).toBe(
      "WEBHOOK_ENDPOINT_DISABLED",
    );
    await enableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    await worker.catchUp();
    expect(receiver.words()).toEqual(["one", "two"]);
    expect((await webhookContext.testContext.eventsOf(organizationId)).map(({ type }) => type)).not.toContain(
      "webhook.disabled",
    );
  });

  it("gets the event that is being tried at its new address at once, with the attempts counted anew", async () => {
    const { organizationId, receiver, endpoint, owner } = await webhookContext.endpoint();
    const worker = webhookContext.worker();
    receiver.answer(status(500));
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await worker.catchUp();
    const elsewhere = await aReceiver();
    await updateWebhookEndpoint(webhookContext.testContext.as(owner.actor), {
      endpointId: endpoint.id,
      url: elsewhere.url,
    });
    await worker.catchUp();
    expect(elsewhere.words()).toEqual(["one"]);
    expect((await webhookContext.log(endpoint.id)).map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(elsewhere.got[0]?.event.id).toBe(receiver.got[0]?.event.id);
    await elsewhere.close();
  });
});

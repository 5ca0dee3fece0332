import { eventCursor } from "../../src/events/event-cursor";
import { listEvents } from "../../src/events/list-events";
import { renewTimelines } from "../../src/events/stream-timeline";
import {
  createWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  replayWebhook,
  retryWebhookDelivery,
} from "../../src/webhooks";
import { write } from "../events/streams";
import { refusalOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext, type Registered } from "./webhook-test-context";
import { status } from "./receiver";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());

const restore = () => renewTimelines(webhookContext.testContext.system);
const typesOf = ({ receiver }: Registered) => receiver.got.map(({ event }) => event.type);
const noticesOf = ({ receiver }: Registered) =>
  receiver.got.filter(({ event }) => event.type === "stream.restored");

/** What the restored copy knows: the endpoint had got so many of its stream's events. */
async function knowsAsDelivered(registered: Registered, deliveredPosition: number): Promise<void> {
  await webhookContext.testContext.system.transaction((tx) =>
    tx.execute("UPDATE webhook_endpoint SET deliveredPosition = ? WHERE id = ?", [
      deliveredPosition,
      registered.endpoint.id,
    ]),
  );
}

describe("a webhook endpoint whose organization's stream was restored from an older copy", () => {
  it("is told so first, at once, and then gets every event that the restored copy holds as not delivered", async () => {
    const one = await webhookContext.endpoint();
    const { organizationId, receiver, endpoint } = one;
    await write(webhookContext.testContext, [organizationId], ["one", "two", "three"]);
    await webhookContext.worker().catchUp();
    await knowsAsDelivered(one, 1);
    await restore();
    const notedAt = webhookContext.testContext.clock.now;
    webhookContext.wait(60_000);
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three", undefined, "two", "three"]);
    const [notice] = noticesOf(one);
    const { timeline } = await webhookContext.row(endpoint.id);
    expect(JSON.parse(notice?.body ?? "")).toEqual({
      ...{
        id: notice?.headers["webhook-id"],
        type: "stream.restored",
        version: 1,
        position: null,
        cursor: null,
      },
      ...{ occurredAt: notedAt, actorId: "system", requestId: "restore" },
      data: {
        webhookEndpointId: endpoint.id,
        continuesAfter: { position: 1, cursor: eventCursor(organizationId, 1, timeline) },
      },
    });
    await write(webhookContext.testContext, [organizationId], ["four"]);
    await webhookContext.worker().catchUp();
    expect(noticesOf(one)).toHaveLength(1);
    expect(receiver.words().at(-1)).toBe("four");
  });

  it("is told although it wants other types, and although nothing happens", async () => {
    const one = await webhookContext.endpoint({ eventTypes: ["user.added"] });
    await write(webhookContext.testContext, [one.organizationId], ["unwanted"]);
    await restore();
    await webhookContext.worker().catchUp();
    expect(typesOf(one)).toEqual(["stream.restored"]);
    await restore();
    await webhookContext.worker().catchUp();
    const [first, second] = noticesOf(one);
    expect(second?.headers["webhook-id"]).not.toBe(first?.headers["webhook-id"]);
  });

  it("gets no event before it has taken the notice, which is tried by the schedule, each time the same", async () => {
    const one = await webhookContext.endpoint();
    const { organizationId, receiver, endpoint, owner } = one;
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    await restore();
    await write(webhookContext.testContext, [organizationId], ["two"]);
    receiver.answer(status(500));
    await webhookContext.worker().catchUp();
    webhookContext.wait(6_000);
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["one", undefined, undefined]);
    const [first, second] = noticesOf(one);
    expect(second?.body).toBe(first?.body);
    receiver.answer(status(204));
    webhookContext.wait(400_000);
    await webhookContext.worker().catchUp();
    expect(receiver.words().slice(3)).toEqual([undefined, "two"]);
    const log = (await webhookContext.log(endpoint.id)).filter(
      ({ eventType }) => eventType === "stream.restored",
    );
    expect(log.map(({ outcome, attempt, position }) => [outcome, attempt, position])).toEqual([
      ["FAILED", 1, 0],
      ["FAILED", 2, 0],
      ["DELIVERED", 3, 0],
    ]);
    const ctx = webhookContext.testContext.as(owner.actor);
    expect(await refusalOf(retryWebhookDelivery(ctx, { deliveryId: log[0]?.id ?? "" }))).toBe(
      "WEBHOOK_DELIVERY_NOT_REPEATABLE",
    );
  });

  it("that is beyond the end of its stream goes on from that end", async () => {
    const one = await webhookContext.endpoint();
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await knowsAsDelivered(one, 7);
    await restore();
    await webhookContext.worker().catchUp();
    await write(webhookContext.testContext, [one.organizationId], ["two"]);
    await webhookContext.worker().catchUp();
    expect(one.receiver.words()).toEqual([undefined, "two"]);
  });

  it("that was disabled is told when it is enabled", async () => {
    const one = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(one.owner.actor);
    const endpointId = one.endpoint.id;
    await disableWebhookEndpoint(ctx, { endpointId });
    await restore();
    await write(webhookContext.testContext, [one.organizationId], ["missed"]);
    await webhookContext.worker().catchUp();
    expect(one.receiver.got).toEqual([]);
    await enableWebhookEndpoint(ctx, { endpointId });
    await webhookContext.worker().catchUp();
    expect(one.receiver.words()).toEqual([undefined, "missed"]);
  });
});

describe("the place of an endpoint", () => {
  it("cannot be given by a cursor from before a restore; one from after it needs no notice", async () => {
    const one = await webhookContext.endpoint();
    const { organizationId, receiver, owner } = one;
    const ctx = webhookContext.testContext.as(owner.actor);
    const endpointId = one.endpoint.id;
    await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    await webhookContext.worker().catchUp();
    await restore();
    const after = eventCursor(organizationId, 1);
    for (const endpoint of [
      createWebhookEndpoint(ctx, { url: receiver.url, after }),
      replayWebhook(ctx, { endpointId, after }),
    ])
      expect(await refusalOf(endpoint)).toBe("EVENTS_CURSOR_FROM_BEFORE_RESTORE");
    const { nodes } = await listEvents(ctx, {});
    await replayWebhook(ctx, { endpointId, after: nodes[0]?.cursor ?? "" });
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["one", "two", "two"]);
  });

  it("that is beyond the stream shows that the database was set back, at both endpoints", async () => {
    const one = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(one.owner.actor);
    const after = eventCursor(one.organizationId, 3);
    expect(await refusalOf(replayWebhook(ctx, { endpointId: one.endpoint.id, after }))).toBe(
      "EVENTS_CURSOR_AHEAD",
    );
    expect(await refusalOf(createWebhookEndpoint(ctx, { url: one.receiver.url, after }))).toBe(
      "EVENTS_CURSOR_FROM_BEFORE_RESTORE",
    );
    await webhookContext.worker().catchUp();
    expect(typesOf(one)).toEqual(["stream.restored"]);
  });
});

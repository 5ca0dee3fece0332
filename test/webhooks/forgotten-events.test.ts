import { forgetOldEvents } from "../../src/events/forget-old-events";
import { eventCursor } from "../../src/events/event-cursor";
import {
  createWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  replayWebhook,
} from "../../src/webhooks";
import { write } from "../events/streams";
import { refusalsOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());

const DAY = 86_400_000;

/** Lets a month pass, and all events so far be forgotten. */
async function forget(): Promise<void> {
  webhookContext.wait(31 * DAY);
  await forgetOldEvents(webhookContext.testContext.system, 30);
}

describe("an endpoint that was disabled for so long that events it had still to get are no longer kept", () => {
  it("is not enabled without a word: its users are told from where on it can go on, and take it there", async () => {
    const { endpoint, organizationId, owner, receiver } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    const endpointId = endpoint.id;
    await disableWebhookEndpoint(ctx, { endpointId });
    await write(webhookContext.testContext, [organizationId], ["missed"]);
    await forget();
    await write(webhookContext.testContext, [organizationId], ["kept", "kept too"]);

    const oldestCursor = eventCursor(organizationId, 1);
    const refusals = await refusalsOf(enableWebhookEndpoint(ctx, { endpointId }));
    expect(refusals).toMatchObject([
      { code: "EVENTS_CURSOR_EXPIRED", kind: "INVALID", field: "endpointId", details: { oldestCursor } },
    ]);
    expect(refusals[0]?.message).toContain("replayWebhook");
    expect(await webhookContext.row(endpointId)).toMatchObject({ status: "DISABLED", deliveredPosition: 0 });

    await replayWebhook(ctx, { endpointId, after: oldestCursor });
    await enableWebhookEndpoint(ctx, { endpointId });
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["kept", "kept too"]);
  });

  it("is enabled when what is gone is only what it had", async () => {
    const { endpoint, organizationId, owner, receiver } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    await write(webhookContext.testContext, [organizationId], ["had"]);
    await webhookContext.worker().catchUp();
    await disableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    await forget();
    await write(webhookContext.testContext, [organizationId], ["next"]);
    await enableWebhookEndpoint(ctx, { endpointId: endpoint.id });
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["had", "next"]);
  });
});

describe("a worker that comes to events which are no longer kept", () => {
  it.each([[[]], [["customer.updated"]], [["user.added"]]])(
    "sends nothing behind the gap, disables the endpoint and says so with an event; it wanted %j",
    async (eventTypes) => {
      const { endpoint, organizationId, receiver } = await webhookContext.endpoint({ eventTypes });
      await write(webhookContext.testContext, [organizationId], ["missed"]);
      await forget();
      await write(webhookContext.testContext, [organizationId], ["kept"]);
      await webhookContext.worker().catchUp();

      expect(receiver.got).toEqual([]);
      expect(await webhookContext.row(endpoint.id)).toMatchObject({
        status: "DISABLED",
        disabledReason: "EVENTS_FORGOTTEN",
        deliveredPosition: 0,
        leaseHolder: null,
      });
      const page = await webhookContext.testContext.database.read((reads) =>
        reads.rows<{ type: string; facts: string }>(
          "SELECT type, facts FROM event WHERE organizationId = ? ORDER BY position DESC LIMIT 1",
          [organizationId],
        ),
      );
      expect(page[0]?.type).toBe("webhook.disabled");
      expect(JSON.parse(page[0]?.facts ?? "")).toMatchObject({
        webhookEndpointId: endpoint.id,
        reason: "EVENTS_FORGOTTEN",
      });
      expect(webhookContext.errors).toEqual([]);
    },
  );

  it("does so too when nothing at all is left, and no event came since", async () => {
    const { endpoint, organizationId, receiver } = await webhookContext.endpoint();
    await write(webhookContext.testContext, [organizationId], ["missed"]);
    await forget();
    await webhookContext.worker().catchUp();
    expect(receiver.got).toEqual([]);
    expect(await webhookContext.row(endpoint.id)).toMatchObject({ disabledReason: "EVENTS_FORGOTTEN" });
  });
});

describe("a webhook's place", () => {
  it("is refused for each fault of a cursor by its own code, when it is registered and when it is replayed", async () => {
    const { endpoint, organizationId, owner, receiver } = await webhookContext.endpoint();
    const other = await webhookContext.endpoint();
    await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    await webhookContext.worker().catchUp();
    await forget();
    await write(webhookContext.testContext, [organizationId], ["three"]);
    const faults: [string, string][] = [
      [eventCursor(organizationId, 2).slice(0, -2), "EVENTS_CURSOR_INVALID"],
      [eventCursor(other.organizationId, 2), "EVENTS_CURSOR_FOREIGN"],
      [eventCursor(organizationId, 1), "EVENTS_CURSOR_EXPIRED"],
    ];
    const ctx = webhookContext.testContext.as(owner.actor);
    for (const [after, code] of faults) {
      const endpointsUnderTest = [
        createWebhookEndpoint(ctx, { url: receiver.url, after }),
        replayWebhook(ctx, { endpointId: endpoint.id, after }),
      ];
      for (const door of endpointsUnderTest) {
        const found = await refusalsOf(door);
        expect(found.map((refusal) => [refusal.code, refusal.kind, refusal.field])).toEqual([
          [code, "INVALID", "after"],
        ]);
      }
    }
    const oldest = eventCursor(organizationId, 2);
    await replayWebhook(ctx, { endpointId: endpoint.id, after: oldest });
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["one", "two", "three"]);
  });
});

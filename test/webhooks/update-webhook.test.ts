import { enableWebhookEndpoint, rotateWebhookSecret, updateWebhookEndpoint } from "../../src/webhooks";
import { write } from "../events/streams";
import { refusalOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());

describe("changing", () => {
  it("leaves alone what is absent, empties what may be empty, and minds the version", async () => {
    const { endpoint, owner } = await webhookContext.endpoint({
      description: "first",
      eventTypes: ["customer.added"],
    });
    const ctx = webhookContext.testContext.as(owner.actor);
    const endpointId = endpoint.id;
    const second = await updateWebhookEndpoint(ctx, {
      endpointId,
      description: "second",
      expectedVersion: 1,
    });
    expect(second.endpoint).toMatchObject({
      description: "second",
      eventTypes: ["customer.added"],
      url: endpoint.url,
      version: 2,
    });
    expect(await refusalOf(updateWebhookEndpoint(ctx, { endpointId, expectedVersion: 1 }))).toBe(
      "STALE_VERSION",
    );
    const emptied = await updateWebhookEndpoint(ctx, { endpointId, description: null, eventTypes: null });
    expect(emptied.endpoint).toMatchObject({ description: "", eventTypes: [] });
    expect(await refusalOf(updateWebhookEndpoint(ctx, { endpointId, url: null }))).toBe("FIELD_INVALID");
    expect(await refusalOf(rotateWebhookSecret(ctx, { endpointId, overlapHours: 169 }))).toBe(
      "FIELD_INVALID",
    );
    expect(await refusalOf(enableWebhookEndpoint(ctx, { endpointId: owner.partner.id }))).toBe(
      "ID_MALFORMED",
    );
  });

  it("is not counted when events are delivered", async () => {
    const { endpoint, organizationId, owner } = await webhookContext.endpoint();
    await write(webhookContext.testContext, [organizationId], ["one", "two"]);
    await webhookContext.worker().catchUp();
    const input = { endpointId: endpoint.id, description: "new", expectedVersion: 1 };
    expect(
      (await updateWebhookEndpoint(webhookContext.testContext.as(owner.actor), input)).endpoint.version,
    ).toBe(2);
  });
});

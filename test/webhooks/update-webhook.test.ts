import { enableWebhookEndpoint, rotateWebhookSecret, updateWebhookEndpoint } from "../../src/webhooks";
import { write } from "../events/streams";
import { refusalOf } from "../support/refusals";
import { openPostOffice, type PostOffice } from "./post-office";

let office: PostOffice;
beforeAll(async () => {
  office = await openPostOffice();
});
afterAll(() => office.close());

describe("changing", () => {
  it("leaves alone what is absent, empties what may be empty, and minds the version", async () => {
    const { endpoint, owner } = await office.endpoint({
      description: "first",
      eventTypes: ["customer.added"],
    });
    const ctx = office.house.as(owner.actor);
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
    const { endpoint, organizationId, owner } = await office.endpoint();
    await write(office.house, [organizationId], ["one", "two"]);
    await office.worker().catchUp();
    const input = { endpointId: endpoint.id, description: "new", expectedVersion: 1 };
    expect((await updateWebhookEndpoint(office.house.as(owner.actor), input)).endpoint.version).toBe(2);
  });
});

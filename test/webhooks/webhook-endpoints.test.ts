import { Customer } from "../../entities/customers/customer";
import { randomBytes } from "node:crypto";
import { newId } from "../../src/values/ids";
import { aPartner } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { type Answer, type Caller, startTestServer, type TestServer } from "../support/test-server";
import { callerFor, testContextOf } from "../api/at-the-endpoint";
import { write } from "../events/streams";
import { until } from "./webhook-test-context";
import { aReceiver, type Receiver, status } from "./receiver";

let server: TestServer;
let testContext: TestContext;
let receiver: Receiver;
beforeAll(async () => {
  server = await startTestServer({
    WEBHOOK_DELIVERIES_AT_ONCE: "4",
    WEBHOOKS_ALLOW_INSECURE: "on",
    SECRETS_KEY: randomBytes(32).toString("base64"),
  });
  testContext = testContextOf(server);
  receiver = await aReceiver();
});
afterAll(async () => {
  await receiver.close();
  await server.stop();
});

const ENDPOINT = `id url description eventTypes customerId status disabledReason deliveredPosition deliveredCursor attempt
  nextAttemptAt failingSince createdBy version secrets { createdAt expiresAt }`;
const DELIVERY = `id eventId position eventType attempt startedAt durationMs outcome statusCode error responseExcerpt
  nextAttemptAt requestedBy endpoint { id }`;

async function register(caller: Caller, input: object): Promise<Answer> {
  return caller.ask(
    `mutation Register($input: CreateWebhookEndpointInput!) {
       createWebhookEndpoint(input: $input) { endpoint { ${ENDPOINT} } secret userErrors { code field message } }
     }`,
    { input },
  );
}

describe("a whole server", () => {
  it("registers, delivers, shows its log, and answers every mutation", async () => {
    const { partner, actor } = await aPartner(testContext);
    const caller = await callerFor(server, actor);
    const registered = await register(caller, { url: receiver.url, eventTypes: ["CUSTOMER_UPDATED"] });
    const { endpoint, secret, userErrors } = registered.data.createWebhookEndpoint;
    expect(userErrors).toEqual([]);
    expect(secret).toMatch(/^whsec_/);
    expect(endpoint).toMatchObject({
      status: "ACTIVE",
      eventTypes: ["CUSTOMER_UPDATED"],
      secrets: [{ expiresAt: null }],
      version: 1,
    });
    testContext.clock = { now: new Date().toISOString() };
    await write(testContext, [partner.id], ["one"], server.running.services.notify);
    await until(() => receiver.got.length === 1);

    const one = (name: string, field: string) =>
      `${name}(input: { endpointId: "${endpoint.id}" }) { ${field} userErrors { code } }`;
    const rotated = await caller.ask(
      `mutation { ${one("rotateWebhookSecret", "secret endpoint { secrets { expiresAt } }")} }`,
    );
    expect(rotated.data.rotateWebhookSecret.endpoint.secrets).toHaveLength(2);
    const tested = await caller.ask(`mutation { ${one("sendTestWebhook", `delivery { ${DELIVERY} }`)} }`);
    expect(tested.data.sendTestWebhook.delivery).toMatchObject({
      outcome: "PENDING",
      eventType: "webhook.test",
    });
    await until(() => receiver.got.length === 2);
    const testId = tested.data.sendTestWebhook.delivery.id;
    const log = `{ webhookEndpoints { totalCount nodes { ${ENDPOINT} deliveries(first: 5) { totalCount nodes { ${DELIVERY} } } } }
      node(id: "${endpoint.id}") { __typename id } delivery: node(id: "${testId}") { __typename id } }`;
    await until(async () => {
      const { data } = await caller.ask(log);
      return data.webhookEndpoints.nodes[0].deliveries.nodes[0].outcome === "DELIVERED";
    });
    const shown = (await caller.ask(log)).data;
    expect(shown).toMatchObject({
      node: { __typename: "WebhookEndpoint", id: endpoint.id },
      delivery: { __typename: "WebhookDelivery", id: testId },
      webhookEndpoints: { totalCount: 1 },
    });
    const { deliveries } = shown.webhookEndpoints.nodes[0];
    expect(deliveries.nodes).toMatchObject([
      { eventType: "webhook.test", requestedBy: actor.userId, endpoint: { id: endpoint.id } },
      {
        eventType: "customer.updated",
        outcome: "DELIVERED",
        statusCode: 204,
        position: 1,
        requestedBy: null,
      },
    ]);
    const again = await caller.ask(
      `mutation { retryWebhookDelivery(input: { deliveryId: "${deliveries.nodes[1].id}" }) { delivery { attempt } userErrors { code } } }`,
    );
    expect(again.data.retryWebhookDelivery).toEqual({ delivery: { attempt: 2 }, userErrors: [] });
    await until(() => receiver.got.length === 3, 3_000);
    const { deliveredCursor } = endpoint;
    await caller.ask(
      `mutation { replayWebhook(input: { endpointId: "${endpoint.id}", after: "${deliveredCursor}" }) { endpoint { id } userErrors { code } } }`,
    );
    await until(() => receiver.got.length === 4, 3_000);
    expect(receiver.words()).toEqual(["one", undefined, "one", "one"]);
    for (const [name, expected] of [
      ["disableWebhookEndpoint", { status: "DISABLED", disabledReason: "REQUESTED" }],
      ["enableWebhookEndpoint", { status: "ACTIVE", disabledReason: null }],
      ["updateWebhookEndpoint", { description: "" }],
    ] as const) {
      const answer = await caller.ask(`mutation { ${one(name, `endpoint { ${ENDPOINT} }`)} }`);
      expect(answer.data[name]).toMatchObject({ endpoint: expected, userErrors: [] });
    }
    const deleted = await caller.ask(`mutation { ${one("deleteWebhookEndpoint", "deletedEndpointId")} }`);
    expect(deleted.data.deleteWebhookEndpoint).toEqual({ deletedEndpointId: endpoint.id, userErrors: [] });
    const gone = await caller.ask(`{ node(id: "${endpoint.id}") { id } }`);
    expect(gone.errors?.[0]?.extensions.code).toBe("NODE_NOT_FOUND");
  });

  it("tells what is wrong as data, and who may not at the top", async () => {
    const caller = await callerFor(server, (await aPartner(testContext)).actor);
    const refused = await register(caller, { url: "nonsense" });
    expect(refused.data.createWebhookEndpoint).toMatchObject({
      endpoint: null,
      secret: null,
      userErrors: [{ code: "FIELD_INVALID", field: "url" }],
    });
    const about = await register(caller, { url: receiver.url, customerId: "cust_1" });
    expect(about.data.createWebhookEndpoint.userErrors).toMatchObject([
      { code: "ID_MALFORMED", field: "customerId" },
    ]);
    const nobody = await callerFor(server, (await aPartner(testContext, {}, {})).actor);
    const forbidden = await register(nobody, { url: receiver.url });
    expect(forbidden.errors?.[0]?.extensions).toMatchObject({
      code: "FORBIDDEN",
      details: { permission: "webhook.create" },
    });
  });

  it("shows an organization nothing of another one by node either", async () => {
    const owner = await callerFor(server, (await aPartner(testContext)).actor);
    const outsider = await callerFor(server, (await aPartner(testContext)).actor);
    const customerId = newId(Customer);
    const { endpoint } = (await register(owner, { url: receiver.url, customerId })).data
      .createWebhookEndpoint;
    expect(endpoint.customerId).toBe(customerId);
    const { delivery } = (
      await owner.ask(
        `mutation { sendTestWebhook(input: { endpointId: "${endpoint.id}" }) { delivery { id } } }`,
      )
    ).data.sendTestWebhook;
    for (const id of [endpoint.id, delivery.id]) {
      expect((await owner.ask(`{ node(id: "${id}") { id } }`)).data.node.id).toBe(id);
      const answer = await outsider.ask(`{ node(id: "${id}") { id } }`);
      expect(answer.errors?.[0]?.extensions.code).toBe("NODE_NOT_FOUND");
    }
    expect((await outsider.ask("{ webhookEndpoints { nodes { id } } }")).data.webhookEndpoints.nodes).toEqual(
      [],
    );
  });

  it("tells of an endpoint that is gone by a live event", async () => {
    const { partner, actor } = await aPartner(testContext);
    const caller = await callerFor(server, actor);
    const listener = await caller.listen(
      "subscription { events(types: [WEBHOOK_DISABLED]) { type ... on WebhookDisabledEvent { webhookEndpointId host reason } } }",
    );
    const gone = await aReceiver();
    gone.answer(status(410));
    const { endpoint } = (await register(caller, { url: gone.url })).data.createWebhookEndpoint;
    await write(testContext, [partner.id], ["one"], server.running.services.notify);
    expect((await listener.next()).data.events).toEqual({
      type: "WEBHOOK_DISABLED",
      webhookEndpointId: endpoint.id,
      host: new URL(gone.url).host,
      reason: "GONE",
    });
    listener.stop();
    await gone.close();
  });
});

import { Webhook } from "standardwebhooks";
import { rotateWebhookSecret, sendTestWebhook } from "../../src/webhooks";
import { write } from "../events/streams";
import { refusalOf, refusalsOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";
import { type Receiver, status } from "./receiver";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());
afterEach(() => expect(webhookContext.errors).toEqual([]));

/** A request as the standardwebhooks package wants it. */
function messageOf({ got }: Receiver, at: number): { body: string; headers: Record<string, string> } {
  const { body, headers } = got[at];
  return { body, headers: headers as Record<string, string> };
}

describe("a signature", () => {
  it("is one that the standardwebhooks package believes, of the very bytes, and no other secret's", async () => {
    webhookContext.testContext.clock.now = new Date().toISOString();
    const { organizationId, receiver, secret } = await webhookContext.endpoint();
    const own = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const given = await webhookContext.endpoint({ secret: own });
    expect(given.secret).toBe(own);
    await write(webhookContext.testContext, [organizationId, given.organizationId], ["Ærø & Søn"]);
    await webhookContext.worker().catchUp();
    const { body, headers } = messageOf(receiver, 0);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ data: { companyName: "Ærø & Søn" } });
    expect(() => new Webhook(own).verify(body, headers)).toThrow("No matching signature");
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
    const other = messageOf(given.receiver, 0);
    expect(new Webhook(own).verify(other.body, other.headers)).toBeDefined();
  });

  it("is made by both secrets while a rotation overlaps, then by the new one alone", async () => {
    webhookContext.testContext.clock.now = new Date().toISOString();
    const { organizationId, receiver, secret, endpoint, owner } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    const worker = webhookContext.worker();
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
    await write(webhookContext.testContext, [organizationId], ["both"]);
    await worker.catchUp();
    expect([believes(secret, 0), believes(rotated.secret, 0)]).toEqual([true, true]);
    expect(receiver.got[0]?.headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);

    expect(await refusalOf(rotateWebhookSecret(ctx, { endpointId: endpoint.id }))).toBe(
      "WEBHOOK_SECRETS_OVERLAP",
    );
    webhookContext.wait(2 * 3_600_000);
    await write(webhookContext.testContext, [organizationId], ["new one"]);
    await worker.catchUp();
    expect([believes(secret, 1), believes(rotated.secret, 1)]).toEqual([false, true]);

    const leaked = await rotateWebhookSecret(ctx, { endpointId: endpoint.id, overlapHours: 0 });
    await write(webhookContext.testContext, [organizationId], ["newest"]);
    await worker.catchUp();
    expect([believes(rotated.secret, 2), believes(leaked.secret, 2)]).toEqual([false, true]);
  });
});

describe("a test", () => {
  it("goes to this endpoint only, at most twice a minute, signed, with an id of its own", async () => {
    const { receiver, endpoint, owner, organizationId } = await webhookContext.endpoint();
    const ctx = webhookContext.testContext.as(owner.actor);
    const test = () => sendTestWebhook(ctx, { endpointId: endpoint.id });
    const first = await test();
    expect(first.delivery).toMatchObject({ outcome: "PENDING", eventType: "webhook.test", startedAt: null });
    webhookContext.wait(20_000);
    await test();
    const [refused] = await refusalsOf(test());
    expect(refused).toMatchObject({
      code: "WEBHOOK_TESTS_TOO_MANY",
      kind: "LIMITED",
      details: { retryAfterSeconds: 40 },
    });
    await webhookContext.worker().catchUp();
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
    expect((await webhookContext.log(endpoint.id)).map(({ outcome }) => outcome)).toEqual([
      "DELIVERED",
      "DELIVERED",
    ]);
    expect(await webhookContext.testContext.eventsOf(organizationId)).toEqual([]);
    webhookContext.wait(40_000);
    await test();
  });

  it("that fails is not tried again, and counts for nothing", async () => {
    const { receiver, endpoint, owner } = await webhookContext.endpoint();
    receiver.answer(status(500));
    await sendTestWebhook(webhookContext.testContext.as(owner.actor), { endpointId: endpoint.id });
    const worker = webhookContext.worker();
    await worker.catchUp();
    webhookContext.wait(86_400_000);
    await worker.catchUp();
    expect(receiver.got).toHaveLength(1);
    expect(await webhookContext.log(endpoint.id)).toMatchObject([{ outcome: "FAILED", statusCode: 500 }]);
    expect(await webhookContext.row(endpoint.id)).toMatchObject({ attempt: 0, failingSince: null });
  });
});

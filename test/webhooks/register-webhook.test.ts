import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { PermissionMatrix } from "../../src/access/permission-matrix";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  listWebhookDeliveries,
  listWebhookEndpoints,
  replayWebhook,
  rotateWebhookSecret,
  sendTestWebhook,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import { newId } from "../../src/values/ids";
import { eventCursor } from "../../src/events/event-cursor";
import { write } from "../events/streams";
import { aCustomer, aPartner, aPartnerUser } from "../support/builders";
import { refusalOf, refusalsOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());

const url = "https://127.0.0.1:1/hooks";

describe("registering", () => {
  it("gives the endpoint, and its secret this once; the database has neither it nor its bytes in plain", async () => {
    const { endpoint, secret, owner, organizationId } = await webhookContext.endpoint({
      description: " our CRM ",
    });
    expect(endpoint).toMatchObject({
      organizationId,
      description: "our CRM",
      eventTypes: [],
      status: "ACTIVE",
      createdBy: owner.actor.userId,
      deliveredPosition: 0,
      version: 1,
    });
    const rotated = await rotateWebhookSecret(webhookContext.testContext.as(owner.actor), {
      endpointId: endpoint.id,
    });
    const dump = JSON.stringify(
      await webhookContext.testContext.database.read((reads) => reads.rows("SELECT * FROM webhook_endpoint")),
    );
    for (const one of [secret, rotated.secret]) {
      const bare = one.slice("whsec_".length);
      expect(dump).not.toContain(bare);
      expect(dump).not.toContain(Buffer.from(bare, "base64").toString("hex"));
      expect(JSON.stringify(rotated.endpoint)).not.toContain(bare);
    }
    expect(JSON.stringify(await webhookContext.testContext.eventsOf(organizationId))).not.toContain("whsec_");
  });

  it("is remembered by its idempotency key, secret and all, and sealed there too", async () => {
    const { actor } = await aPartner(webhookContext.testContext);
    const ctx = webhookContext.testContext.as(actor);
    const input = { url, idempotencyKey: "register once" };
    const first = await createWebhookEndpoint(ctx, input);
    const again = await createWebhookEndpoint(ctx, input);
    expect(again.secret).toBe(first.secret);
    expect(again.endpoint.id).toBe(first.endpoint.id);
    const dump = JSON.stringify(
      await webhookContext.testContext.database.read((reads) =>
        reads.rows("SELECT * FROM idempotency_record"),
      ),
    );
    expect(dump).not.toContain(first.secret.slice(6));
    expect(await refusalOf(createWebhookEndpoint(ctx, { ...input, description: "other" }))).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });

  it("takes a secret of the caller's of 24 bytes or more, and no shorter one, and never says it", async () => {
    const ctx = webhookContext.testContext.as((await aPartner(webhookContext.testContext)).actor);
    const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 5).toString("base64")}`;
    expect((await createWebhookEndpoint(ctx, { url, secret: secretOf(24) })).secret).toBe(secretOf(24));
    expect((await createWebhookEndpoint(ctx, { url, secret: secretOf(64) })).secret).toBe(secretOf(64));
    const refused: [string, string][] = [
      [secretOf(23), "WEBHOOK_SECRET_TOO_SHORT"],
      ["whsec_", "WEBHOOK_SECRET_TOO_SHORT"],
      [secretOf(65), "FIELD_INVALID"],
      ["hunter2hunter2hunter2hunter2hunter2", "FIELD_INVALID"],
      [`whsec_${"*".repeat(40)}`, "FIELD_INVALID"],
    ];
    for (const [secret, code] of refused) {
      const [problem] = await refusalsOf(createWebhookEndpoint(ctx, { url, secret }));
      expect(problem).toMatchObject({ code, field: "secret" });
      if (secret.length > 10) expect(problem.message).not.toContain(secret.slice(6));
      const { endpoint } = await createWebhookEndpoint(ctx, { url });
      expect(await refusalOf(rotateWebhookSecret(ctx, { endpointId: endpoint.id, secret }))).toBe(code);
    }
  });

  it("refuses an unknown event type, a cursor of another stream and one that is ahead, each by its code", async () => {
    const { actor, partner } = await aPartner(webhookContext.testContext);
    const ctx = webhookContext.testContext.as(actor);
    const other = await aPartner(webhookContext.testContext);
    const refused: [object, string][] = [
      [{ eventTypes: ["customer.exploded"] }, "EVENT_TYPE_UNKNOWN"],
      [{ eventTypes: ["webhook.test"] }, "EVENT_TYPE_UNKNOWN"],
      [{ after: eventCursor(other.partner.id, 0) }, "EVENTS_CURSOR_FOREIGN"],
      [{ after: "forged" }, "EVENTS_CURSOR_INVALID"],
      [{ after: eventCursor(partner.id, 1) }, "EVENTS_CURSOR_AHEAD"],
      [{ description: "x".repeat(501) }, "FIELD_INVALID"],
      [{ description: "two\nlines" }, "FIELD_INVALID"],
    ];
    for (const [input, code] of refused) {
      expect(await refusalOf(createWebhookEndpoint(ctx, { url, ...input }))).toBe(code);
    }
    expect(
      await webhookContext.testContext.count("webhook_endpoint", `organizationId = '${partner.id}'`),
    ).toBe(0);
  });

  it("keeps each type once, in the catalogue's order", async () => {
    const ctx = webhookContext.testContext.as((await aPartner(webhookContext.testContext)).actor);
    const eventTypes = ["relationship.removed", "invitation.accepted", "relationship.removed"];
    expect((await createWebhookEndpoint(ctx, { url, eventTypes })).endpoint.eventTypes).toEqual([
      "invitation.accepted",
      "relationship.removed",
    ]);
  });
});

describe("an organization", () => {
  it("has at most 20 endpoints, also when they are registered at once", async () => {
    const { actor, partner } = await aPartner(webhookContext.testContext);
    const ctx = webhookContext.testContext.as(actor);
    for (let count = 0; count < 16; count++) await createWebhookEndpoint(ctx, { url });
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => createWebhookEndpoint(ctx, { url })),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    expect(
      await webhookContext.testContext.count("webhook_endpoint", `organizationId = '${partner.id}'`),
    ).toBe(20);
    expect(await refusalsOf(createWebhookEndpoint(ctx, { url }))).toMatchObject([
      { code: "WEBHOOK_ENDPOINTS_TOO_MANY", kind: "CONFLICT", details: { maximum: 20 } },
    ]);
    const { nodes } = await listWebhookEndpoints(ctx, { first: 1 });
    await deleteWebhookEndpoint(ctx, { endpointId: nodes[0].id });
    await createWebhookEndpoint(ctx, { url });
  });

  it("sees its own endpoints and deliveries, and nobody else's", async () => {
    const mine = await webhookContext.endpoint();
    const other = await webhookContext.endpoint();
    await write(webhookContext.testContext, [mine.organizationId, other.organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    const ctx = webhookContext.testContext.as(mine.owner.actor);
    const page = await listWebhookEndpoints(ctx, {});
    expect(page.nodes.map(({ id }) => id)).toEqual([mine.endpoint.id]);
    expect(await page.totalCount).toBe(1);
    expect((await listWebhookDeliveries(ctx, mine.endpoint.id, {})).nodes).toHaveLength(1);
    expect((await listWebhookDeliveries(ctx, other.endpoint.id, {})).nodes).toEqual([]);
    expect(await (await listWebhookDeliveries(ctx, other.endpoint.id, {})).totalCount).toBe(0);
  });

  it("changes nothing of another one's: to it, that endpoint is not there", async () => {
    const { endpoint, organizationId } = await webhookContext.endpoint();
    const before = await webhookContext.row(endpoint.id);
    const ctx = webhookContext.testContext.as((await aPartner(webhookContext.testContext)).actor);
    const nobodys = newId(WebhookEndpoint);
    for (const endpointId of [endpoint.id, nobodys]) {
      const after = eventCursor(organizationId, 0);
      const tries = [
        updateWebhookEndpoint(ctx, { endpointId, description: "taken" }),
        enableWebhookEndpoint(ctx, { endpointId }),
        disableWebhookEndpoint(ctx, { endpointId }),
        deleteWebhookEndpoint(ctx, { endpointId }),
        rotateWebhookSecret(ctx, { endpointId }),
        sendTestWebhook(ctx, { endpointId }),
        replayWebhook(ctx, { endpointId, after }),
      ];
      const codes = await Promise.all(tries.map(refusalOf));
      expect(new Set(codes)).toEqual(new Set(["WEBHOOK_ENDPOINT_NOT_FOUND"]));
    }
    expect(await webhookContext.row(endpoint.id)).toEqual(before);
  });

  it("that is a customer has endpoints as well", async () => {
    const { actor, customer } = await aCustomer(webhookContext.testContext);
    const { endpoint } = await createWebhookEndpoint(webhookContext.testContext.as(actor), { url });
    expect(endpoint.organizationId).toBe(customer.id);
  });

  it("forgets an endpoint's secrets and log with it, and what is under way then says nothing any more", async () => {
    const one = await webhookContext.endpoint();
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    await deleteWebhookEndpoint(webhookContext.testContext.as(one.owner.actor), {
      endpointId: one.endpoint.id,
    });
    expect(await webhookContext.log(one.endpoint.id)).toEqual([]);
    expect(await webhookContext.testContext.count("webhook_endpoint", `id = '${one.endpoint.id}'`)).toBe(0);
  });
});

describe("who registers", () => {
  it("must be allowed to read events, since they are what is sent; so must who moves, enables or replays", async () => {
    const { partner, actor } = await aPartner(webhookContext.testContext);
    const own = webhookContext.testContext.as(actor);
    const { endpoint } = await createWebhookEndpoint(own, { url });
    const sales = await aPartnerUser(webhookContext.testContext, partner, { agent: [AgentRole.SALES_AGENT] });
    const billing = await aPartnerUser(webhookContext.testContext, partner, {
      admin: [AdminRole.BILLING_ADMIN],
    });
    for (const who of [sales, billing]) {
      const ctx = webhookContext.testContext.as(who);
      const endpointId = endpoint.id;
      const tries = [
        createWebhookEndpoint(ctx, { url }),
        updateWebhookEndpoint(ctx, { endpointId, url: "https://127.0.0.1:2/" }),
        enableWebhookEndpoint(ctx, { endpointId }),
        replayWebhook(ctx, { endpointId, after: eventCursor(partner.id, 0) }),
      ];
      for (const one of tries) {
        expect(await refusalsOf(one)).toMatchObject([
          {
            code: "FORBIDDEN",
            details: { permission: "event.read", roles: ["GLOBAL_ADMIN", "ADMIN_AGENT"] },
          },
        ]);
      }
      expect((await listWebhookEndpoints(ctx, {})).nodes).toHaveLength(1);
    }
  });

  it("is the operator's to widen", async () => {
    const matrix = new PermissionMatrix({ "event.read": { partner: [AgentRole.SALES_AGENT] } });
    const { partner } = await aPartner(webhookContext.testContext);
    const sales = await aPartnerUser(webhookContext.testContext, partner, { agent: [AgentRole.SALES_AGENT] });
    const { programmeRole } = partner;
    const permissions = matrix.permissionsOf({ side: "PARTNER", programmeRole, roles: sales.agentRoles });
    const ctx = { ...webhookContext.testContext.as({ ...sales, permissions }), matrix };
    expect(await createWebhookEndpoint(ctx, { url })).toBeDefined();
  });
});

import {
  createWebhookEndpoint,
  openWebhooks,
  rotateWebhookSecret,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import { write } from "../events/streams";
import { aPartner } from "../support/builders";
import { refusalOf, refusalsOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());

const url = "https://127.0.0.1:1/hooks";

/** What use cases need of webhooks, as in production: only public addresses, and names that lead where they are told to. */
function strict(
  names: Record<string, string[]>,
  secretsKey = webhookContext.secretsKey as Buffer | undefined,
) {
  const settings = { production: true, dataDir: "", secretsKey, allowInsecure: false, deliveriesAtOnce: 1 };
  const { means } = openWebhooks(settings, { resolve: async (name) => names[name] ?? [] });
  return means;
}

describe("the receiver's address", () => {
  const names = { "receiver.example": ["93.184.216.34"], "inside.example": ["10.0.0.1"] };

  it.each([
    ["http://receiver.example/", "WEBHOOK_URL_NOT_HTTPS"],
    ["https://inside.example/", "WEBHOOK_URL_NOT_PUBLIC"],
    ["https://127.0.0.1/", "WEBHOOK_URL_NOT_PUBLIC"],
    ["https://nowhere.example/", "WEBHOOK_URL_UNRESOLVABLE"],
    ["nonsense", "FIELD_INVALID"],
  ])("%s is refused with %s when it is registered, and when it is changed to", async (address, code) => {
    const { actor } = await aPartner(webhookContext.testContext);
    const ctx = { ...webhookContext.testContext.as(actor), webhooks: strict(names) };
    expect(await refusalOf(createWebhookEndpoint(ctx, { url: address }))).toBe(code);
    const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://receiver.example/" });
    const change = updateWebhookEndpoint(ctx, { endpointId: endpoint.id, url: address });
    expect(await refusalOf(change)).toBe(code);
  });

  it("is looked at again at every delivery: one that leads inside by then is not called", async () => {
    const one = await webhookContext.endpoint();
    const { port } = new URL(one.receiver.url);
    const moved = { "receiver.example": ["93.184.216.34"] };
    const { means } = openWebhooks(
      {
        production: true,
        dataDir: "",
        secretsKey: webhookContext.secretsKey,
        allowInsecure: false,
        deliveriesAtOnce: 1,
      },
      { resolve: async (name) => moved[name as keyof typeof moved] ?? [] },
    );
    const ctx = { ...webhookContext.testContext.as(one.owner.actor), webhooks: means };
    const { endpoint } = await createWebhookEndpoint(ctx, { url: "https://receiver.example:8443/" });
    moved["receiver.example"] = ["127.0.0.1"];
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    const strictOffice = openWebhooks(
      {
        production: true,
        dataDir: "",
        secretsKey: webhookContext.secretsKey,
        allowInsecure: false,
        deliveriesAtOnce: 4,
      },
      { resolve: async (name) => moved[name as keyof typeof moved] ?? [] },
    );
    const worker = strictOffice.makeProcessor(webhookContext.testContext.system, {
      onError: () => undefined,
    })!;
    await worker.catchUp();
    await worker.close();
    expect(port).not.toBe("");
    expect(await webhookContext.log(endpoint.id)).toMatchObject([
      { outcome: "FAILED", error: "ADDRESS_NOT_PUBLIC" },
    ]);
    // And the other one, registered when insecure addresses were allowed, is not called by a server that forbids them.
    expect(await webhookContext.log(one.endpoint.id)).toMatchObject([
      { outcome: "FAILED", error: "ADDRESS_NOT_PUBLIC" },
    ]);
    expect(one.receiver.got).toEqual([]);
  });
});

describe("a server in production without SECRETS_KEY", () => {
  it("registers nothing and rotates nothing, says which variable is missing, and delivers nothing", async () => {
    const { actor } = await aPartner(webhookContext.testContext);
    const own = webhookContext.testContext.as(actor);
    const { endpoint } = await createWebhookEndpoint(own, { url });
    const settings = { production: true, dataDir: "/nowhere", allowInsecure: false, deliveriesAtOnce: 8 };
    const webhooks = openWebhooks(settings);
    const ctx = { ...own, webhooks: webhooks.means };
    for (const refused of [
      createWebhookEndpoint(ctx, { url: "https://receiver.example/" }),
      rotateWebhookSecret(ctx, { endpointId: endpoint.id }),
    ]) {
      const [problem] = await refusalsOf(refused);
      expect(problem).toMatchObject({ code: "WEBHOOK_SECRETS_KEY_MISSING", kind: "UNAVAILABLE" });
      expect(problem.message).toContain("SECRETS_KEY");
    }
    expect(webhooks.makeProcessor(own, { onError: () => undefined })).toBeUndefined();
  });
});

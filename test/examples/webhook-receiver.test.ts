import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitEvents, organizationOf } from "../live/scenario";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { endAll, type Program, start } from "./program";

let server: TestServer;
let folder: string;
let organizationId: string;
beforeAll(async () => {
  server = await startTestServer({
    WEBHOOK_DELIVERIES_AT_ONCE: "4",
    WEBHOOKS_ALLOW_INSECURE: "on",
    SECRETS_KEY: randomBytes(32).toString("base64"),
  });
  folder = await mkdtemp(join(tmpdir(), "partnergraph-receive-"));
  organizationId = await organizationOf(server, "direct-admin");
});
afterEach(endAll);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
const aSecret = () => `whsec_${randomBytes(32).toString("base64")}`;

interface Receiver extends Program {
  url: string;
}

async function receive(secrets: string[], inbox: string, port = "0"): Promise<Receiver> {
  const WEBHOOK_SECRETS = secrets.join(" ");
  const variables = { WEBHOOK_SECRETS, PORT: port, INBOX_FILE: join(folder, inbox) };
  const receiver = start("webhook-receiver.mjs", variables);
  await receiver.tells("receiving at ");
  const url = /receiving at (\S+)/.exec(receiver.told())?.[1] ?? "";
  return { ...receiver, url };
}

/** Registers an endpoint through the API; its id. */
async function register(url: string, secret: string): Promise<string> {
  const { data } = await (
    await server.as("direct-admin")
  ).ask(
    `mutation ($input: CreateWebhookEndpointInput!) {
       createWebhookEndpoint(input: $input) { endpoint { id } userErrors { code message } }
     }`,
    { input: { url, secret } },
  );
  expect(data.createWebhookEndpoint.userErrors).toEqual([]);
  return data.createWebhookEndpoint.endpoint.id;
}

/** Does something about an endpoint; what came of it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the question's
async function about(endpointId: string, mutation: string, selection: string, more = ""): Promise<any> {
  const admin = await server.as("direct-admin");
  const { data } = await admin.ask(
    `mutation { ${mutation}(input: { endpointId: "${endpointId}" ${more} }) { ${selection} userErrors { code message } } }`,
  );
  expect(data[mutation].userErrors).toEqual([]);
  return data[mutation];
}

/** Answers to a delivery that the test makes by itself. */
function deliver(url: string, body: string, headers: Record<string, string>, method = "POST") {
  return new Promise<number>((resolve, reject) => {
    const posted = request(url, { method, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    posted.once("error", reject);
    posted.end(body);
  });
}

const now = () => Math.floor(Date.now() / 1000);

function signed(secret: string, id: string, body: string, timestamp = now()): Record<string, string> {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": `${timestamp}`, "webhook-signature": `v1,${mac}` };
}

const anEvent = (id: string, position: number | null) => JSON.stringify({ id, type: "test", position });

describe("the webhook receiver", () => {
  it("gets what the server delivers, in order, before and after a change of the secret", async () => {
    const [old, next] = [aSecret(), aSecret()];
    const receiver = await receive([old, next], "delivered");
    const endpointId = await register(receiver.url, old);
    await commitEvents(server, organizationId, 3);
    await receiver.prints(3);

    await about(endpointId, "rotateWebhookSecret", "secret", `secret: "${next}", overlapHours: 0`);
    await commitEvents(server, organizationId, 2);
    const events = await receiver.prints(5);
    const first = events[0]?.position ?? 0;
    expect(events.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4].map((n) => first + n));
    expect(events.map(({ type }) => type)).toEqual(Array(5).fill("customer.updated"));
    expect(receiver.told()).not.toMatch(/refused|out of order|again/);
    await about(endpointId, "deleteWebhookEndpoint", "deletedEndpointId");
  });

  it("believes a server that signs with two secrets when it knows either of them", async () => {
    const secrets = [aSecret(), aSecret()];
    for (const [index, known] of secrets.entries()) {
      const receiver = await receive([known], `either-${index}`);
      const endpointId = await register(receiver.url, secrets[0]);
      await about(endpointId, "rotateWebhookSecret", "secret", `secret: "${secrets[1]}", overlapHours: 24`);
      await about(endpointId, "sendTestWebhook", "delivery { id }");
      expect(await receiver.prints(1)).toMatchObject([{ type: "webhook.test", position: null }]);
      await about(endpointId, "deleteWebhookEndpoint", "deletedEndpointId");
    }
  });

  it("that was killed goes on with the next event, and answers a repetition without handling it again", async () => {
    const secret = aSecret();
    const before = await receive([secret], "killed");
    const body = anEvent("evt_1", 7);
    expect(await deliver(before.url, body, signed(secret, "evt_1", body))).toBe(204);
    const handled = join(folder, "killed.handled");
    await until(() => existsSync(handled) && readFileSync(handled, "utf8") === "1");
    before.kill("SIGKILL");
    await before.end;

    const after = await receive([secret], "killed");
    expect(await deliver(after.url, body, signed(secret, "evt_1", body))).toBe(204);
    const other = anEvent("evt_2", 8);
    expect(await deliver(after.url, other, signed(secret, "evt_2", other))).toBe(204);
    await after.prints(1);
    expect(after.events.map(({ id }) => id)).toEqual(["evt_2"]);
    expect(after.told()).toContain("evt_1 came again");
    const late = anEvent("evt_0", 6);
    expect(await deliver(after.url, late, signed(secret, "evt_0", late))).toBe(204);
    await after.tells("out of order: 6 came after 8");
    await after.prints(2);
    await until(() => readFileSync(handled, "utf8") === "3");
    after.kill("SIGKILL");
    await after.end;

    await writeFile(handled, "2"); // as if it had died before it could note the last one
    const again = await receive([secret], "killed");
    expect(await again.prints(1)).toMatchObject([{ id: "evt_0" }]);
  });

  it("refuses what is forged, old, early, unsigned, changed or too long, and handles nothing of it", async () => {
    const secret = aSecret();
    const receiver = await receive([secret], "refused");
    const body = anEvent("evt_1", 1);
    const good = signed(secret, "evt_1", body);
    const { "webhook-signature": signature = "", ...unsigned } = good;
    const bad: Record<string, [number, string, Record<string, string>]> = {
      "another secret": [401, body, signed(aSecret(), "evt_1", body)],
      "recorded six minutes ago": [401, body, signed(secret, "evt_1", body, now() - 301)],
      "from the future": [401, body, signed(secret, "evt_1", body, now() + 310)],
      "a timestamp made young": [
        401,
        body,
        { ...signed(secret, "evt_1", body, now() - 301), "webhook-timestamp": `${now()}` },
      ],
      "a timestamp that is none": [401, body, { ...good, "webhook-timestamp": "soon" }],
      "no signature": [401, body, unsigned],
      "an empty signature": [401, body, { ...good, "webhook-signature": "v1," }],
      "another version's signature": [
        401,
        body,
        { ...good, "webhook-signature": signature.replace("v1", "v2") },
      ],
      "half a signature": [401, body, { ...good, "webhook-signature": signature.slice(0, 20) }],
      "another id": [401, body, { ...good, "webhook-id": "evt_2" }],
      "another body": [401, anEvent("evt_1", 2), good],
      "a body too long": [413, "x".repeat(70_000), good],
    };
    for (const [what, [status, text, headers]] of Object.entries(bad)) {
      const answer = await deliver(receiver.url, text, headers).catch(() => 413); // it may hang up on who goes on
      expect({ what, answer }).toEqual({ what, answer: status });
    }
    expect(await deliver(receiver.url, "", {}, "GET")).toBe(405);
    expect(await deliver(`${receiver.url}/more`, body, good)).toBe(404);
    expect(receiver.events).toEqual([]);
    const two = { ...good, "webhook-signature": `v1,${"A".repeat(43)}= ${signature}` };
    expect(await deliver(receiver.url, body, two)).toBe(204);
    await receiver.prints(1);
  });

  it("answers 410 when it is told to, and the server disables the endpoint", async () => {
    const secret = aSecret();
    const receiver = await receive([secret], "gone");
    const endpointId = await register(receiver.url, secret);
    receiver.kill("SIGUSR2");
    await receiver.tells("410");
    await commitEvents(server, organizationId, 1);
    const admin = await server.as("direct-admin");
    const shown = async () =>
      (await admin.ask(`{ node(id: "${endpointId}") { ... on WebhookEndpoint { status disabledReason } } }`))
        .data.node;
    await until(async () => (await shown()).status === "DISABLED");
    expect(await shown()).toEqual({ status: "DISABLED", disabledReason: "GONE" });
    expect(receiver.events).toEqual([]);
  });

  it("does not start without a secret that could be one", async () => {
    for (const WEBHOOK_SECRETS of ["", "whsec_short"]) {
      expect(await start("webhook-receiver.mjs", { WEBHOOK_SECRETS, PORT: "0" }).end).toBe(2);
    }
  });
});

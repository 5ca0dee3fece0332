import { randomBytes } from "node:crypto";
import { type LoggedServer, startLoggedServer } from "../api/logged-server";
import { until } from "./webhook-test-context";
import { aReceiver, type Receiver, status } from "./receiver";

let server: LoggedServer;
let receiver: Receiver;
const secretsKey = randomBytes(32).toString("base64");
beforeAll(async () => {
  const more = { WEBHOOKS_ALLOW_INSECURE: "on", SECRETS_KEY: secretsKey, WEBHOOK_DELIVERIES_AT_ONCE: "4" };
  server = await startLoggedServer(more);
  receiver = await aReceiver();
});
afterAll(async () => {
  await receiver.close();
  await server.stop();
});

const REGISTER = `mutation Register($input: CreateWebhookEndpointInput!) {
  createWebhookEndpoint(input: $input) { endpoint { id } secret userErrors { code message } }
}`;

describe("the log, at its most talkative", () => {
  it("has no secret, no key, no signature and no receiver's address of an endpoint's whole life", async () => {
    const own = `whsec_${randomBytes(32).toString("base64")}`;
    const short = `whsec_${Buffer.from("CANARYSHORT").toString("base64")}`;
    const url = `${receiver.url}/CANARYPATH?token=CANARYTOKEN`;
    const ask = (query: string, variables = {}) => server.ask("direct-agent", query, variables);
    receiver.answer((response) => response.writeHead(500).end("CANARYANSWER"));

    const registered = await ask(REGISTER, { input: { url, secret: own, idempotencyKey: "canary" } });
    const { endpoint } = registered.body.data.createWebhookEndpoint;
    const refused = await ask(REGISTER, { input: { url, secret: short } });
    expect(refused.body.data.createWebhookEndpoint.userErrors[0].code).toBe("WEBHOOK_SECRET_TOO_SHORT");
    await ask(REGISTER, { input: { url, secret: { wrong: "CANARYSHAPE" } } });
    const input = `input: { endpointId: "${endpoint.id}" }`;
    const rotated = await ask(`mutation { rotateWebhookSecret(${input}) { secret } }`);
    const { secret } = rotated.body.data.rotateWebhookSecret;
    await ask(`mutation { sendTestWebhook(${input}) { delivery { id } } }`);
    await until(() => receiver.got.length === 1);
    receiver.answer(status(410));
    await ask(`mutation { sendTestWebhook(${input}) { delivery { id } } }`);
    await until(async () => {
      const { body } = await ask("{ webhookEndpoints { nodes { status } } }");
      return body.data.webhookEndpoints.nodes[0].status === "DISABLED";
    });
    // A secret that cannot be opened is told of; what was to be opened is not.
    await server.running.services.database.transact((connection) =>
      connection.change(
        'UPDATE webhook_endpoint SET sealedSecrets = \'[{"sealed":"v1.CANARYSEALED","expiresAt":null}]\', status = \'ACTIVE\'',
        [],
      ),
    );
    await until(() => server.log.some((line) => line.includes("webhooks could not be delivered")));
    await ask(`{ webhookEndpoints { nodes { deliveries { nodes { responseExcerpt } } } } }`);

    const log = server.log.join("");
    expect(server.log.length).toBeGreaterThan(5);
    const signature = String(receiver.got[0]?.headers["webhook-signature"]).slice(3, 40);
    const forbidden = [own.slice(6), short.slice(6), secret.slice(6), secretsKey, signature, receiver.url];
    for (const one of [...forbidden, "CANARY"]) expect(log).not.toContain(one);
  });
});

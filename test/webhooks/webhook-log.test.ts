import { loadConfig } from "../../src/config/config";
import { openLog } from "../../src/logging/open-log";
import { openWebhooks } from "../../src/webhooks";
import { noMeter } from "../../src/metrics/meter";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { webhookListener } from "../../src/start/webhook-listener";
import { write } from "../events/streams";
import { openWebhookTestContext, type WebhookTestContext } from "./webhook-test-context";
import { status } from "./receiver";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());

it("a webhook that is not delivered leaves a line with ids, status and attempt, and one that is disabled another", async () => {
  const lines: string[] = [];
  const log = openLog(loadConfig({}), { write: (line: string) => void lines.push(line) });
  const settings = {
    production: false,
    dataDir: "",
    secretsKey: webhookContext.secretsKey,
    allowInsecure: true,
  };
  const worker = openWebhooks({ ...settings, deliveriesAtOnce: 1 }).makeProcessor(
    makeUseCaseContext(webhookContext.testContext.services, { kind: "SYSTEM" }, "webhooks"),
    webhookListener(log, noMeter),
  )!;
  const { endpoint, organizationId, receiver, secret } = await webhookContext.endpoint();
  receiver.answer(status(200));
  await write(webhookContext.testContext, [organizationId], ["delivered"]);
  await worker.catchUp();
  expect(lines).toEqual([]);

  receiver.answer(status(503));
  await write(webhookContext.testContext, [organizationId], ["canary-word"]);
  await worker.catchUp();
  webhookContext.wait(10_000);
  receiver.answer(status(410));
  await worker.catchUp();
  await worker.close();

  const [failed, gone, disabled, ...more] = lines.map((line) => JSON.parse(line) as object);
  expect(more).toEqual([]);
  const [delivery] = (await webhookContext.log(endpoint.id)).filter(({ statusCode }) => statusCode === 503);
  const ids = { endpointId: endpoint.id, organizationId };
  expect(failed).toMatchObject({
    ...{
      msg: "a webhook was not delivered",
      level: 40,
      ...ids,
      deliveryId: delivery?.id,
      eventId: delivery?.eventId,
    },
    ...{ attempt: 1, status: 503, code: "REFUSED", outcome: "FAILED", nextAttemptAt: expect.any(String) },
  });
  expect(gone).toMatchObject({ attempt: 2, status: 410, ...ids });
  expect(disabled).toMatchObject({
    msg: "a webhook endpoint was disabled",
    ...ids,
    reason: expect.any(String),
  });
  const text = lines.join("");
  for (const secretOrAddress of [receiver.url, new URL(receiver.url).host, secret, "canary-word"])
    expect(text).not.toContain(secretOrAddress);
});

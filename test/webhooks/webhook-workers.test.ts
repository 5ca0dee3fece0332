import { setTimeout as pause } from "node:timers/promises";
import { disableWebhookEndpoint, sendTestWebhook } from "../../src/webhooks";
import { dueEndpoints, takeLease } from "../../src/webhooks/webhook-lease";
import { write } from "../events/streams";
import { buildProgram, type Program } from "../start/program";
import {
  names,
  openWebhookTestContext,
  type WebhookTestContext,
  type Registered,
  until,
} from "./webhook-test-context";
import { heldBack } from "./receiver";

let webhookContext: WebhookTestContext;
let program: Program | undefined;
beforeEach(async () => {
  webhookContext = await openWebhookTestContext();
});
afterEach(async () => {
  await program?.remove();
  expect(webhookContext.errors).toEqual([]);
  await webhookContext.close();
});

const LEASE_MS = 30_000;
/** In which a program is built and started on a busy machine. */
const START_MS = 120_000;

describe("two workers on one database", () => {
  it("share the endpoints: each gets every event once, in order, and both workers work", async () => {
    const sent = [0, 0];
    const workers = [0, 1].map((at) =>
      webhookContext.worker(
        {
          pollMs: 20,
          sleep: async (ms, signal) => {
            if (ms === 15_000) sent[at]++;
            await pause(ms, undefined, { signal }).catch(() => undefined);
          },
        },
        3,
      ),
    );
    const all: Registered[] = [];
    for (let count = 0; count < 6; count++) all.push(await webhookContext.endpoint());
    workers.forEach((worker) => webhookContext.start(worker));
    for (const words of [names(20).slice(0, 8), names(20).slice(8)]) {
      await Promise.all(
        all.map(({ organizationId }) => write(webhookContext.testContext, [organizationId], words)),
      );
      await pause(100);
    }
    await until(() => all.every(({ receiver }) => receiver.got.length >= 20));
    await pause(200);
    for (const { receiver } of all) {
      expect(receiver.words()).toEqual(names(20));
      expect(receiver.most).toBe(1);
    }
    expect(Math.min(...sent)).toBeGreaterThan(5);
    expect(sent[0] + sent[1]).toBe(120);
  });

  it("that find the same endpoint due do not both get it, nor one that was disabled meanwhile", async () => {
    const { system, database } = webhookContext.testContext;
    const [one, other] = [await webhookContext.endpoint(), await webhookContext.endpoint()];
    await write(webhookContext.testContext, [one.organizationId, other.organizationId], ["one"]);
    const due = () => database.read((reads) => dueEndpoints(reads, webhookContext.testContext.clock.now, 10));
    const [mine, theirs] = [await due(), await due()];
    // Endpoints that became due at the same instant come in either order.
    expect(mine).toEqual(expect.arrayContaining(theirs));
    expect(mine).toHaveLength(2);
    const took = [...mine, ...theirs].map((lease, at) =>
      system.transaction((tx) => takeLease(tx, lease, `worker ${at}`)),
    );
    expect((await Promise.all(took)).filter((lease) => lease !== undefined)).toHaveLength(2);
    expect(await due()).toEqual([]);
    webhookContext.wait(LEASE_MS);
    const again = (await due()).find(({ endpointId }) => endpointId === one.endpoint.id);
    await disableWebhookEndpoint(webhookContext.testContext.as(one.owner.actor), {
      endpointId: one.endpoint.id,
    });
    expect(await system.transaction((tx) => takeLease(tx, again!, "late"))).toBeUndefined();
  });

  it("serve an endpoint whose lease is of a time from which the clock was set back", async () => {
    const { organizationId, receiver } = await webhookContext.endpoint();
    webhookContext.wait(40 * 86_400_000);
    await write(webhookContext.testContext, [organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    webhookContext.wait(-40 * 86_400_000);
    await write(webhookContext.testContext, [organizationId], ["two"]);
    await webhookContext.worker().catchUp();
    expect(receiver.words()).toEqual(["one", "two"]);
  });

  it(
    "take over from one that was killed while it sent, when its lease has ended: the same id is sent again",
    async () => {
      webhookContext.testContext.clock.now = new Date().toISOString();
      const one = await webhookContext.endpoint();
      const { answering } = heldBack();
      one.receiver.answer(answering);
      await write(webhookContext.testContext, [one.organizationId], ["one", "two"]);
      program = await buildProgram();
      const run = program.start({
        ...webhookContext.testContext.environment,
        ...{ PORT: "0", DEMO: "off", LOG_LEVEL: "warn", WEBHOOKS_ALLOW_INSECURE: "on" },
        SECRETS_KEY: webhookContext.secretsKey.toString("base64"),
      });
      await until(() => one.receiver.got.length === 1, START_MS);
      run.process.kill("SIGKILL");
      await run.ended;

      const worker = webhookContext.worker();
      webhookContext.testContext.clock.now = new Date().toISOString();
      await worker.catchUp();
      expect(one.receiver.words()).toEqual(["one"]);
      webhookContext.wait(LEASE_MS);
      await worker.catchUp();
      expect(one.receiver.words()).toEqual(["one", "one", "two"]);
      expect(one.receiver.got[1]?.headers["webhook-id"]).toBe(one.receiver.got[0]?.headers["webhook-id"]);
      expect(one.receiver.got[1]?.body).toBe(one.receiver.got[0]?.body);
      expect((await webhookContext.log(one.endpoint.id)).map(({ eventId }) => eventId)).toEqual(
        one.receiver.got.slice(1).map(({ event }) => event.id),
      );
    },
    3 * START_MS,
  );

  it.each([
    ["delivered it", 204],
    ["failed", 500],
    ["was told that the receiver is gone", 410],
  ])("hear no more of one that was held up: though it %s, it writes nothing", async (_, code) => {
    const one = await webhookContext.endpoint();
    const { answering, answer } = heldBack();
    one.receiver.answer(answering);
    await write(webhookContext.testContext, [one.organizationId], ["one", "two"]);
    const late = webhookContext.worker().catchUp();
    await until(() => one.receiver.got.length === 1);
    const inTime = webhookContext.worker();
    await inTime.catchUp();
    expect(one.receiver.words()).toEqual(["one"]);
    webhookContext.wait(LEASE_MS);
    await inTime.catchUp();
    expect(one.receiver.words()).toEqual(["one", "one", "two"]);
    const row = await webhookContext.row(one.endpoint.id);

    answer(code);
    await late;
    expect(await webhookContext.row(one.endpoint.id)).toEqual(row);
    expect(row).toMatchObject({ status: "ACTIVE", deliveredPosition: 2, attempt: 0 });
    expect((await webhookContext.log(one.endpoint.id)).map(({ outcome }) => outcome)).toEqual([
      "DELIVERED",
      "DELIVERED",
    ]);
    expect(one.receiver.got).toHaveLength(3);
  });

  it("take over a test, too, that one was about to send when it died", async () => {
    const one = await webhookContext.endpoint();
    const { answering, answer } = heldBack();
    one.receiver.answer(answering);
    await sendTestWebhook(webhookContext.testContext.as(one.owner.actor), { endpointId: one.endpoint.id });
    const late = webhookContext.worker().catchUp();
    await until(() => one.receiver.got.length === 1);
    webhookContext.wait(LEASE_MS);
    await webhookContext.worker().catchUp();
    answer(500);
    await late;
    expect(new Set(one.receiver.got.map(({ event }) => event.id)).size).toBe(1);
    expect(await webhookContext.log(one.endpoint.id)).toMatchObject([{ outcome: "DELIVERED" }]);
  });
});

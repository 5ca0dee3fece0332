import { setTimeout as pause } from "node:timers/promises";
import { sendTestWebhook } from "../../src/webhooks";
import { write } from "../events/streams";
import { names, openWebhookTestContext, type WebhookTestContext, until } from "./webhook-test-context";
import { heldBack, status } from "./receiver";

let webhookContext: WebhookTestContext;
beforeEach(async () => {
  webhookContext = await openWebhookTestContext();
});
afterEach(async () => {
  expect(webhookContext.errors).toEqual([]);
  await webhookContext.close();
});

describe("a worker", () => {
  it("that stops lets what is under way end, and gives its endpoints back at once", async () => {
    const one = await webhookContext.endpoint();
    const { answering, answer } = heldBack();
    one.receiver.answer(answering);
    await write(webhookContext.testContext, [one.organizationId], ["one", "two"]);
    const worker = webhookContext.worker();
    const scheduler = webhookContext.start(worker);
    await until(() => one.receiver.got.length === 1);
    const closed = scheduler.close();
    await pause(50);
    answer(204);
    await closed;
    const inTurn = one.receiver.words();
    expect((await webhookContext.row(one.endpoint.id)).leaseHolder).toBeNull();
    await webhookContext.worker().catchUp();
    expect(inTurn).toEqual(["one"]);
    expect(one.receiver.words()).toEqual(["one", "two"]);
  });

  it("that stops cuts off what does not end, and the next one sends it again with the same id", async () => {
    const one = await webhookContext.endpoint();
    const { answering } = heldBack();
    one.receiver.answer(answering);
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    // Its grace is over at once; everything else takes its time.
    const sleep = (ms: number, signal: AbortSignal) =>
      pause(ms === 5_000 ? 20 : ms, undefined, { ref: false, signal }).catch(() => undefined);
    const worker = webhookContext.worker({ sleep });
    const scheduler = webhookContext.start(worker);
    await until(() => one.receiver.got.length === 1);
    await scheduler.close();
    expect(await webhookContext.log(one.endpoint.id)).toEqual([]);
    await webhookContext.worker().catchUp();
    expect(one.receiver.words()).toEqual(["one", "one"]);
    expect(one.receiver.got[1]?.event.id).toBe(one.receiver.got[0]?.event.id);
    expect(await webhookContext.log(one.endpoint.id)).toMatchObject([{ attempt: 1, outcome: "DELIVERED" }]);
  });

  it("is woken by the change notifier, long before its poll", async () => {
    const one = await webhookContext.endpoint();
    const worker = webhookContext.worker({ pollMs: 3_600_000 });
    webhookContext.start(worker);
    await pause(100);
    await write(webhookContext.testContext, [one.organizationId], ["one"], (ids) => worker.notify(ids));
    await until(() => one.receiver.got.length === 1);
    await write(webhookContext.testContext, [one.organizationId], ["two"], (ids) => worker.notify(ids));
    await until(() => one.receiver.got.length === 2);
  });

  it("is not made to look by every bell while they ring on and on", async () => {
    const worker = webhookContext.worker({ pollMs: 3_600_000 });
    webhookContext.start(worker);
    await pause(100);
    const { statements } = webhookContext.testContext;
    const [before, since] = [statements.length, performance.now()];
    for (let bells = 0; bells < 60; bells++) {
      worker.notify(["cust_without_endpoints"]);
      await pause(2);
    }
    const looks = statements.slice(before).filter((text) => text.includes("webhook_endpoint")).length;
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual((performance.now() - since) / 25 + 2);
  });

  it("with one place serves the next endpoint as soon as the first one is done, whenever its poll is", async () => {
    const all = [
      await webhookContext.endpoint(),
      await webhookContext.endpoint(),
      await webhookContext.endpoint(),
    ];
    const ids = all.map(({ organizationId }) => organizationId);
    const worker = webhookContext.worker({ pollMs: 3_600_000 }, 1);
    webhookContext.start(worker);
    await pause(100);
    await write(webhookContext.testContext, ids, ["one"], (rung) => worker.notify(rung));
    await until(() => all.every(({ receiver }) => receiver.got.length === 1));
  });

  it("finds by its poll what no bell told of", async () => {
    const one = await webhookContext.endpoint();
    webhookContext.start(webhookContext.worker({ pollMs: 50 }));
    await pause(100);
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await until(() => one.receiver.got.length === 1);
    await sendTestWebhook(webhookContext.testContext.as(one.owner.actor), { endpointId: one.endpoint.id });
    await until(() => one.receiver.got.length === 2);
  });

  it("finds what has become due by its poll, though the bell never stops ringing", async () => {
    const one = await webhookContext.endpoint();
    one.receiver.answer(status(500));
    const worker = webhookContext.worker({ pollMs: 100 });
    webhookContext.start(worker);
    await write(webhookContext.testContext, [one.organizationId], ["one"], (ids) => worker.notify(ids));
    await until(async () => (await webhookContext.log(one.endpoint.id)).length === 1);
    const ringing = setInterval(() => worker.notify(["part_of_somebody_else"]), 5);
    webhookContext.wait(5_000);
    await until(() => one.receiver.got.length === 2);
    clearInterval(ringing);
  });

  it("with fewer places than endpoints serves all of them, and lets nobody take more than a turn", async () => {
    const busy = await webhookContext.endpoint();
    const others = await Promise.all([1, 2, 3, 4, 5].map(() => webhookContext.endpoint()));
    await write(webhookContext.testContext, [busy.organizationId], names(150));
    for (const { organizationId } of others)
      await write(webhookContext.testContext, [organizationId], ["one"]);
    let whenOthersWereServed = 0;
    others[4]?.receiver.answer((response) => {
      whenOthersWereServed = busy.receiver.got.length;
      response.writeHead(204).end();
    });
    await webhookContext.worker({}, 1).catchUp();
    expect(busy.receiver.words()).toEqual(names(150));
    for (const { receiver } of others) expect(receiver.words()).toEqual(["one"]);
    expect(whenOthersWereServed).toBeLessThanOrEqual(100);
  });

  it("that cannot open a secret says so in the log, and calls nobody", async () => {
    const one = await webhookContext.endpoint();
    await webhookContext.testContext.system.transaction((tx) =>
      tx.execute("UPDATE webhook_endpoint SET sealedSecrets = REPLACE(sealedSecrets, 'v1.', 'v1.AAAA')", []),
    );
    await write(webhookContext.testContext, [one.organizationId], ["one"]);
    await webhookContext.worker().catchUp();
    expect(one.receiver.got).toEqual([]);
    expect(await webhookContext.log(one.endpoint.id)).toMatchObject([
      { outcome: "FAILED", error: "SECRET_UNREADABLE", attempt: 1 },
    ]);
    expect(webhookContext.errors.splice(0)).toHaveLength(1);
  });
});

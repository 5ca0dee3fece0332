import { setTimeout as pause } from "node:timers/promises";
import { disableWebhookEndpoint, sendTestWebhook } from "../../src/webhooks";
import { dueEndpoints, takeLease } from "../../src/webhooks/webhook-lease";
import { write } from "../events/streams";
import { buildProgram, type Program } from "../server/program";
import { openPostOffice, type PostOffice, type Registered, until } from "./post-office";
import { type Answering, status } from "./receiver";

let office: PostOffice;
let program: Program | undefined;
beforeEach(async () => {
  office = await openPostOffice();
});
afterEach(async () => {
  await program?.remove();
  expect(office.errors).toEqual([]);
  await office.close();
});

const LEASE_MS = 30_000;
const names = (count: number) => Array.from({ length: count }, (_, at) => `event ${at + 1}`);

/** Answers the first request when it is told to, and all others at once. */
function heldBack(): { answering: Answering; answer: (code: number) => void } {
  let answer: (code: number) => void = () => undefined;
  const answering: Answering = (response, _request, before) => {
    if (before === 0) answer = (code) => response.writeHead(code).end();
    else response.writeHead(204).end();
  };
  return { answering, answer: (code) => answer(code) };
}

describe("two workers on one database", () => {
  it("share the endpoints: each gets every event once, in order, and both workers work", async () => {
    const sent = [0, 0];
    const workers = [0, 1].map((at) =>
      office.worker(
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
    for (let count = 0; count < 6; count++) all.push(await office.endpoint());
    workers.forEach((worker) => worker.start());
    for (const words of [names(20).slice(0, 8), names(20).slice(8)]) {
      await Promise.all(all.map(({ organizationId }) => write(office.house, [organizationId], words)));
      await pause(100);
    }
    await until(() => all.every(({ receiver }) => receiver.got.length >= 20), 25_000);
    await pause(200);
    for (const { receiver } of all) {
      expect(receiver.words()).toEqual(names(20));
      expect(receiver.most).toBe(1);
    }
    expect(Math.min(...sent)).toBeGreaterThan(5);
    expect(sent[0] + sent[1]).toBe(120);
  });

  it("that find the same endpoint due do not both get it, nor one that was disabled meanwhile", async () => {
    const { system, database } = office.house;
    const [one, other] = [await office.endpoint(), await office.endpoint()];
    await write(office.house, [one.organizationId, other.organizationId], ["one"]);
    const due = () => database.read((reads) => dueEndpoints(reads, office.house.clock.now, 10));
    const [mine, theirs] = [await due(), await due()];
    // Endpoints that became due at the same instant come in either order.
    expect(mine).toEqual(expect.arrayContaining(theirs));
    expect(mine).toHaveLength(2);
    const took = [...mine, ...theirs].map((lease, at) =>
      system.transaction((tx) => takeLease(tx, lease, `worker ${at}`)),
    );
    expect((await Promise.all(took)).filter((lease) => lease !== undefined)).toHaveLength(2);
    expect(await due()).toEqual([]);
    office.wait(LEASE_MS);
    const again = (await due()).find(({ endpointId }) => endpointId === one.endpoint.id);
    await disableWebhookEndpoint(office.house.as(one.owner.actor), { endpointId: one.endpoint.id });
    expect(await system.transaction((tx) => takeLease(tx, again!, "late"))).toBeUndefined();
  });

  it("take over from one that was killed while it sent, when its lease has ended: the same id is sent again", async () => {
    office.house.clock.now = new Date().toISOString();
    const one = await office.endpoint();
    const { answering } = heldBack();
    one.receiver.answer(answering);
    await write(office.house, [one.organizationId], ["one", "two"]);
    program = await buildProgram();
    const run = program.start({
      ...office.house.environment,
      ...{ PORT: "0", DEMO: "off", LOG_LEVEL: "warn", WEBHOOKS_ALLOW_INSECURE: "on" },
      SECRETS_KEY: office.secretsKey.toString("base64"),
    });
    await until(() => one.receiver.got.length === 1, 25_000);
    run.process.kill("SIGKILL");
    await run.ended;

    const worker = office.worker();
    office.house.clock.now = new Date().toISOString();
    await worker.catchUp();
    expect(one.receiver.words()).toEqual(["one"]);
    office.wait(LEASE_MS);
    await worker.catchUp();
    expect(one.receiver.words()).toEqual(["one", "one", "two"]);
    expect(one.receiver.got[1]?.headers["webhook-id"]).toBe(one.receiver.got[0]?.headers["webhook-id"]);
    expect(one.receiver.got[1]?.body).toBe(one.receiver.got[0]?.body);
    expect((await office.log(one.endpoint.id)).map(({ eventId }) => eventId)).toEqual(
      one.receiver.got.slice(1).map(({ event }) => event.id),
    );
  }, 60_000);

  it.each([
    ["delivered it", 204],
    ["failed", 500],
    ["was told that the receiver is gone", 410],
  ])("hear no more of one that was held up: though it %s, it writes nothing", async (_, code) => {
    const one = await office.endpoint();
    const { answering, answer } = heldBack();
    one.receiver.answer(answering);
    await write(office.house, [one.organizationId], ["one", "two"]);
    const late = office.worker().catchUp();
    await until(() => one.receiver.got.length === 1);
    const inTime = office.worker();
    await inTime.catchUp();
    expect(one.receiver.words()).toEqual(["one"]);
    office.wait(LEASE_MS);
    await inTime.catchUp();
    expect(one.receiver.words()).toEqual(["one", "one", "two"]);
    const row = await office.row(one.endpoint.id);

    answer(code);
    await late;
    expect(await office.row(one.endpoint.id)).toEqual(row);
    expect(row).toMatchObject({ status: "ACTIVE", deliveredPosition: 2, attempt: 0 });
    expect((await office.log(one.endpoint.id)).map(({ outcome }) => outcome)).toEqual([
      "DELIVERED",
      "DELIVERED",
    ]);
    expect(one.receiver.got).toHaveLength(3);
  });

  it("take over a test, too, that one was about to send when it died", async () => {
    const one = await office.endpoint();
    const { answering, answer } = heldBack();
    one.receiver.answer(answering);
    await sendTestWebhook(office.house.as(one.owner.actor), { endpointId: one.endpoint.id });
    const late = office.worker().catchUp();
    await until(() => one.receiver.got.length === 1);
    office.wait(LEASE_MS);
    await office.worker().catchUp();
    answer(500);
    await late;
    expect(new Set(one.receiver.got.map(({ event }) => event.id)).size).toBe(1);
    expect(await office.log(one.endpoint.id)).toMatchObject([{ outcome: "DELIVERED" }]);
  });
});

describe("a worker", () => {
  it("that stops lets what is under way end, and gives its endpoints back at once", async () => {
    const one = await office.endpoint();
    const { answering, answer } = heldBack();
    one.receiver.answer(answering);
    await write(office.house, [one.organizationId], ["one", "two"]);
    const worker = office.worker();
    worker.start();
    await until(() => one.receiver.got.length === 1);
    const closed = worker.close();
    await pause(50);
    answer(204);
    await closed;
    const inTurn = one.receiver.words();
    expect((await office.row(one.endpoint.id)).leaseHolder).toBeNull();
    await office.worker().catchUp();
    expect(inTurn).toEqual(["one"]);
    expect(one.receiver.words()).toEqual(["one", "two"]);
  });

  it("that stops cuts off what does not end, and the next one sends it again with the same id", async () => {
    const one = await office.endpoint();
    const { answering } = heldBack();
    one.receiver.answer(answering);
    await write(office.house, [one.organizationId], ["one"]);
    // Its grace is over at once; everything else takes its time.
    const sleep = (ms: number, signal: AbortSignal) =>
      pause(ms === 5_000 ? 20 : ms, undefined, { ref: false, signal }).catch(() => undefined);
    const worker = office.worker({ sleep });
    worker.start();
    await until(() => one.receiver.got.length === 1);
    await worker.close();
    expect(await office.log(one.endpoint.id)).toEqual([]);
    await office.worker().catchUp();
    expect(one.receiver.words()).toEqual(["one", "one"]);
    expect(one.receiver.got[1]?.event.id).toBe(one.receiver.got[0]?.event.id);
    expect(await office.log(one.endpoint.id)).toMatchObject([{ attempt: 1, outcome: "DELIVERED" }]);
  });

  it("is woken by the doorbell, long before its poll", async () => {
    const one = await office.endpoint();
    const worker = office.worker({ pollMs: 3_600_000 });
    worker.start();
    await pause(100);
    await write(office.house, [one.organizationId], ["one"], (ids) => worker.ring(ids));
    await until(() => one.receiver.got.length === 1, 2_000);
    await write(office.house, [one.organizationId], ["two"], (ids) => worker.ring(ids));
    await until(() => one.receiver.got.length === 2, 2_000);
  });

  it("is not made to look by every bell while they ring on and on", async () => {
    const worker = office.worker({ pollMs: 3_600_000 });
    worker.start();
    await pause(100);
    const { statements } = office.house;
    const [before, since] = [statements.length, performance.now()];
    for (let bells = 0; bells < 60; bells++) {
      worker.ring(["cust_without_endpoints"]);
      await pause(2);
    }
    const looks = statements.slice(before).filter((text) => text.includes("webhook_endpoint")).length;
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual((performance.now() - since) / 25 + 2);
  });

  it("with one place serves the next endpoint as soon as the first one is done, whenever its poll is", async () => {
    const all = [await office.endpoint(), await office.endpoint(), await office.endpoint()];
    const ids = all.map(({ organizationId }) => organizationId);
    const worker = office.worker({ pollMs: 3_600_000 }, 1);
    worker.start();
    await pause(100);
    await write(office.house, ids, ["one"], (rung) => worker.ring(rung));
    await until(() => all.every(({ receiver }) => receiver.got.length === 1), 3_000);
  });

  it("finds by its poll what no bell told of", async () => {
    const one = await office.endpoint();
    office.worker({ pollMs: 50 }).start();
    await pause(100);
    await write(office.house, [one.organizationId], ["one"]);
    await until(() => one.receiver.got.length === 1);
    await sendTestWebhook(office.house.as(one.owner.actor), { endpointId: one.endpoint.id });
    await until(() => one.receiver.got.length === 2);
  });

  it("finds what has become due by its poll, though the bell never stops ringing", async () => {
    const one = await office.endpoint();
    one.receiver.answer(status(500));
    const worker = office.worker({ pollMs: 100 });
    worker.start();
    await write(office.house, [one.organizationId], ["one"], (ids) => worker.ring(ids));
    await until(async () => (await office.log(one.endpoint.id)).length === 1);
    const ringing = setInterval(() => worker.ring(["part_of_somebody_else"]), 5);
    office.wait(5_000);
    await until(() => one.receiver.got.length === 2);
    clearInterval(ringing);
  });

  it("with fewer places than endpoints serves all of them, and lets nobody take more than a turn", async () => {
    const busy = await office.endpoint();
    const others = await Promise.all([1, 2, 3, 4, 5].map(() => office.endpoint()));
    await write(office.house, [busy.organizationId], names(150));
    for (const { organizationId } of others) await write(office.house, [organizationId], ["one"]);
    let whenOthersWereServed = 0;
    others[4]?.receiver.answer((response) => {
      whenOthersWereServed = busy.receiver.got.length;
      response.writeHead(204).end();
    });
    await office.worker({}, 1).catchUp();
    expect(busy.receiver.words()).toEqual(names(150));
    for (const { receiver } of others) expect(receiver.words()).toEqual(["one"]);
    expect(whenOthersWereServed).toBeLessThanOrEqual(100);
  });

  it("that cannot open a secret says so in the log, and calls nobody", async () => {
    const one = await office.endpoint();
    await office.house.system.transaction((tx) =>
      tx.execute("UPDATE webhook_endpoint SET sealedSecrets = REPLACE(sealedSecrets, 'v1.', 'v1.AAAA')", []),
    );
    await write(office.house, [one.organizationId], ["one"]);
    await office.worker().catchUp();
    expect(one.receiver.got).toEqual([]);
    expect(await office.log(one.endpoint.id)).toMatchObject([
      { outcome: "FAILED", error: "SECRET_UNREADABLE", attempt: 1 },
    ]);
    expect(office.errors.splice(0)).toHaveLength(1);
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { LiveTail, type LiveTailOptions } from "../../src/events/live-tail";
import { type TestContext, openTestContext } from "../support/test-context";
import { aStream, follow, logReads, positions, range, take, write } from "./streams";
import { AT_ONCE_MS, within } from "../support/patience";
import { recordFor } from "../support/record-for";

let testContext: TestContext;
const tails: LiveTail[] = [];
beforeAll(async () => {
  testContext = await openTestContext();
});
afterEach(() => tails.splice(0).forEach((tail) => tail.close()));
afterAll(() => testContext.close());

const NEVER = 60_000;

/** A tail of the test's own, that finds nothing by polling unless told to. */
function aTail(options: LiveTailOptions = {}) {
  const tail = new LiveTail((work) => testContext.database.read(work), { pollMs: NEVER, ...options });
  tails.push(tail);
  const notify = (organizationIds: string[]) => tail.notify(organizationIds);
  return { tail, notify };
}

describe("a listener", () => {
  it("gets what it missed first, then what happens, each once and in order", async () => {
    const { tail, notify } = aTail();
    const stream = await aStream(testContext);
    await write(testContext, [stream], ["1", "2", "3", "4"], notify);
    const listener = await follow(testContext, tail, stream, { after: 1 });
    await write(testContext, [stream], ["5"], notify);
    const taking = take(listener, 6);
    for (const word of ["6", "7"]) await write(testContext, [stream], [word], notify);
    expect(positions(await taking)).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it("without a cursor gets only what is committed after it is in place", async () => {
    const { tail, notify } = aTail();
    const stream = await aStream(testContext);
    await write(testContext, [stream], ["before"], notify);
    const listener = await follow(testContext, tail, stream);
    await write(testContext, [stream], ["after"], notify);
    expect((await listener.next()).value).toMatchObject({ position: 2, companyName: "after" });
  });

  it("gets only the types that it asked for, and waits through the others", async () => {
    const { tail, notify } = aTail();
    const stream = await aStream(testContext);
    const listener = await follow(testContext, tail, stream, { types: ["invitation.declined"] });
    const next = listener.next();
    await write(testContext, [stream], ["1", "2", "3"], notify);
    const facts = {
      invitationId: "i",
      partnerId: "p",
      partnerName: "P",
      providerId: null,
      recipientEmail: null,
    };
    await testContext.system.transaction(async (tx) => {
      const answered = { ...facts, reusable: false, customerId: null, companyName: null, domain: null };
      recordFor(tx, "invitation.declined", answered, [stream]);
      return Promise.resolve();
    });
    tail.notify([stream]);
    expect((await next).value).toMatchObject({ position: 4, type: "invitation.declined" });
  });

  it("hears nothing of another organization", async () => {
    const { tail, notify } = aTail();
    const [stream, other] = [await aStream(testContext), await aStream(testContext)];
    const listener = await follow(testContext, tail, stream);
    await write(testContext, [other], ["not yours"], notify);
    tail.notify([stream]);
    await write(testContext, [stream], ["yours"], notify);
    expect(await take(listener, 1)).toMatchObject([{ organizationId: stream, companyName: "yours" }]);
  });
});

describe("a lost bell", () => {
  it("costs at most the poll interval", async () => {
    const { tail } = aTail({ pollMs: 100 });
    const stream = await aStream(testContext);
    const listener = await follow(testContext, tail, stream);
    await pause(150); // The poll has looked once and found nothing.
    const next = listener.next();
    await write(testContext, [stream], ["nobody rang"]);
    const startedAt = performance.now();
    expect((await next).value).toMatchObject({ companyName: "nobody rang" });
    expect(performance.now() - startedAt).toBeLessThan(within(100));
  });
});

describe("a listener that stops reading", () => {
  it("harms nobody, and reads on from the log when it comes back", async () => {
    const { tail, notify } = aTail({ kept: 20 });
    const stream = await aStream(testContext);
    const [stopped, other] = [
      await follow(testContext, tail, stream),
      await follow(testContext, tail, stream),
    ];
    await write(testContext, [stream], ["first"], notify);
    expect(positions(await take(stopped, 1))).toEqual([1]);

    const heard = take(other, 501);
    for (const n of range(1, 50))
      await write(
        testContext,
        [stream],
        range(1, 10).map((part) => `${n}.${part}`),
        notify,
      );
    expect(positions(await heard)).toEqual(range(1, 501));
    expect(positions(await take(stopped, 500))).toEqual(range(2, 501));

    await write(testContext, [stream], ["live again"], notify);
    expect(positions([...(await take(stopped, 1)), ...(await take(other, 1))])).toEqual([502, 502]);
  });
});

describe("ending", () => {
  it("a listener that waits resolves its wait at once and frees the stream", async () => {
    const { tail } = aTail();
    const stream = await aStream(testContext);
    const listener = await follow(testContext, tail, stream);
    const waiting = listener.next();
    await pause(20);
    expect(tail.streamCount).toBe(1);
    const startedAt = performance.now();
    await listener.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(tail.streamCount).toBe(0);
    expect(await listener.next()).toEqual({ done: true, value: undefined });
  });

  it("a listener twice, or before it ever read, counts once", async () => {
    const { tail } = aTail();
    const stream = await aStream(testContext);
    const [kept, left] = [await follow(testContext, tail, stream), await follow(testContext, tail, stream)];
    await left.return?.();
    await left.return?.();
    await left.next();
    expect(tail.streamCount).toBe(1);
    await kept.return?.();
    expect(tail.streamCount).toBe(0);
  });
});

describe("reading the log", () => {
  it("happens once for a new event, whatever the number of listeners", async () => {
    const { tail, notify } = aTail();
    const stream = await aStream(testContext);
    const listeners = await Promise.all(range(1, 100).map(() => follow(testContext, tail, stream)));
    for (const position of [1, 2, 3]) {
      const waiting = Promise.all(listeners.map((listener) => listener.next()));
      const before = logReads(testContext);
      await write(testContext, [stream], ["for everybody"], notify);
      const heard = (await waiting).map(({ value }) => (value as { position: number }).position);
      expect(heard).toEqual(Array(100).fill(position));
      expect(logReads(testContext) - before).toBe(1);
    }
  });

  it("happens at most twice for twenty bells at once", async () => {
    const { tail } = aTail();
    const stream = await aStream(testContext);
    const listener = await follow(testContext, tail, stream);
    await write(testContext, [stream], ["1", "2", "3"]);
    const before = logReads(testContext);
    for (let bell = 0; bell < 20; bell++) tail.notify([stream]);
    expect(positions(await take(listener, 3))).toEqual([1, 2, 3]);
    await pause(50);
    expect(logReads(testContext) - before).toBeLessThanOrEqual(2);
  });

  it("goes on after one bell until all of a large commit is read", async () => {
    const { tail, notify } = aTail();
    const stream = await aStream(testContext);
    const listener = await follow(testContext, tail, stream);
    await write(testContext, [stream], range(1, 450).map(String), notify);
    expect(positions(await take(listener, 450))).toEqual(range(1, 450));
  });

  it("does not happen for an organization that nobody listens to", async () => {
    const { tail, notify } = aTail({ pollMs: 20 });
    const stream = await aStream(testContext);
    await (await follow(testContext, tail, stream)).return?.();
    await write(testContext, [stream], ["nobody hears"], notify);
    const before = testContext.statements.length;
    await pause(100);
    expect(testContext.statements.length - before).toBe(0);
  });
});

import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { eventErrors } from "../../src/events/event.errors";
import { LiveTail } from "../../src/events/live-tail";
import { type TestContext, openTestContext } from "../support/test-context";
import { aStream, follow, positions, range, take, write } from "./streams";
import { until } from "../webhooks/webhook-test-context";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

/** What one random listener does. */
interface Habits {
  /** When it comes and how long it takes over an event, in milliseconds. */
  comesAfter: number;
  reads: number;
  /** Where it starts, as a share of what there is then; from now on when absent. */
  from?: number;
  /** After how many events it leaves; never when absent. */
  leavesAfter?: number;
}

const habits: fc.Arbitrary<Habits> = fc.record(
  {
    comesAfter: fc.integer({ min: 0, max: 60 }),
    reads: fc.constantFrom(0, 0, 1, 3),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    leavesAfter: fc.integer({ min: 0, max: 20 }),
  },
  { requiredKeys: ["comesAfter", "reads"] },
);

describe("listeners while writers write", () => {
  it("get every event after their position, once and in order, whenever they come and however slow they are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(habits, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        async (listeners, kept, notifications) => {
          const tail = new LiveTail((work) => testContext.database.read(work), { pollMs: 25, kept });
          const stream = await aStream(testContext);
          let written = 0;
          const writer = async (id: number) => {
            for (const n of range(1, 10)) {
              const words = range(1, 1 + ((id + n) % 3)).map(String);
              const isRung = notifications[(id + n) % notifications.length];
              await write(testContext, [stream], words, (ids) => isRung && tail.notify(ids));
              written += words.length;
              await pause(n % 3);
            }
          };
          const writing = Promise.all([1, 2, 3].map(writer));
          const finished = writing.then(() => written);
          const listen = async ({ comesAfter, reads, from, leavesAfter = Infinity }: Habits) => {
            await pause(comesAfter);
            const [committed, start] = [written, from === undefined ? undefined : Math.floor(from * written)];
            const listener = await follow(testContext, tail, stream, { after: start });
            const heard: number[] = [];
            void finished.then(async () => {
              for (let before = -1; before !== heard.length; await pause(100)) before = heard.length;
              await listener.return?.();
            });
            while (heard.length < leavesAfter) {
              const step = await listener.next();
              if (step.done) break;
              heard.push(step.value.position);
              if (reads > 0) await pause(reads);
            }
            await listener.return?.();
            const total = await finished;
            const first = start === undefined ? (heard[0] ?? total + 1) : start + 1;
            expect(first).toBeGreaterThan(start ?? committed);
            expect(heard).toEqual(range(first, Math.min(total, first + leavesAfter - 1)));
          };
          await Promise.all([...listeners.map(listen), writing]);
          expect(tail.streamCount).toBe(0);
          tail.close();
        },
      ),
      { numRuns: 5 },
    );
  });

  it("that come in the moment when the last other one leaves still hear the bell", async () => {
    const tail = new LiveTail((work) => testContext.database.read(work), { pollMs: 60_000 });
    for (const round of range(1, 30)) {
      const stream = await aStream(testContext);
      const leaving = await follow(testContext, tail, stream);
      const coming = follow(testContext, tail, stream);
      for (let ticks = round % 6; ticks > 0; ticks--) await Promise.resolve();
      const [listener] = await Promise.all([coming, leaving.return?.()]);
      await write(testContext, [stream], ["heard"], (ids) => tail.notify(ids));
      expect(positions(await take(listener, 1))).toEqual([1]);
      await listener.return?.();
      expect(tail.streamCount).toBe(0);
    }
    tail.close();
  });
});

describe("a log that cannot be read for a while", () => {
  const rename = (from: string, to: string) =>
    testContext.system.transaction((tx) => tx.execute(`ALTER TABLE ${from} RENAME TO ${to}`, []));

  it("is read again by the next bell or poll, and no listener loses an event or its stream", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const tail = new LiveTail((work) => testContext.database.read(work), { pollMs: 50, kept: 2, onError });
    const stream = await aStream(testContext);
    const [live, behind] = [
      await follow(testContext, tail, stream),
      await follow(testContext, tail, stream, { after: 0 }),
    ];
    await write(testContext, [stream], range(1, 10).map(String), (ids) => tail.notify(ids));
    expect(positions(await take(live, 10))).toEqual(range(1, 10));
    const waiting = live.next();

    await rename("event", "event_away");
    const catchingUp = take(behind, 11);
    catchingUp.catch(() => undefined);
    tail.notify([stream]);
    await until(() => errors.length >= 2);
    await rename("event_away", "event");
    await write(testContext, [stream], ["after the fault"]);

    expect((await waiting).value).toMatchObject({ position: 11 });
    expect(positions(await catchingUp)).toEqual(range(1, 11));
    expect(errors.length).toBeGreaterThanOrEqual(2);
    await Promise.all([live.return?.(), behind.return?.()]);
    expect(tail.streamCount).toBe(0);
    tail.close();
  });

  it("refuses a newcomer with its own error, and serves the next one", async () => {
    const tail = new LiveTail((work) => testContext.database.read(work), { pollMs: 60_000 });
    const stream = await aStream(testContext);
    await rename("organization_head", "organization_head_away");
    const refused = await Promise.allSettled(range(1, 3).map(() => follow(testContext, tail, stream)));
    expect(refused.map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
    await rename("organization_head_away", "organization_head");
    const listener = await follow(testContext, tail, stream);
    await write(testContext, [stream], ["back"], (ids) => tail.notify(ids));
    expect(positions(await take(listener, 1))).toEqual([1]);
    await listener.return?.();
    expect(tail.streamCount).toBe(0);
    tail.close();
  });

  it("is told where a listener's place is gone as well, and the bell that found it ends nothing else", async () => {
    const errors: unknown[] = [];
    const unhandled: unknown[] = [];
    const notice = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", notice);
    const reads = { fail: [] as Error[] };
    const tail = new LiveTail(
      (work) => {
        const error = reads.fail.shift();
        return error ? Promise.reject(error) : testContext.database.read(work);
      },
      { pollMs: 60_000, onError: (error) => errors.push(error) },
    );
    const stream = await aStream(testContext);
    const listener = await follow(testContext, tail, stream);

    const away = new Error("the database is away");
    reads.fail = [eventErrors.EVENTS_CURSOR_EXPIRED("These events are no longer kept."), away];
    tail.notify([stream]);
    await until(() => errors.length > 0);
    process.off("unhandledRejection", notice);

    expect(unhandled).toEqual([]);
    expect(errors).toEqual([away]);
    await write(testContext, [stream], ["heard"], (ids) => tail.notify(ids));
    expect(positions(await take(listener, 1))).toEqual([1]);
    await listener.return?.();
    tail.close();
  });
});

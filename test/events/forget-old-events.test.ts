import { setImmediate as nextTurn } from "node:timers/promises";
import { eventCursor } from "../../src/events/event-cursor";
import { readEvents } from "../../src/events/event-log";
import { forgetOldEvents } from "../../src/events/forget-old-events";
import type { RecordedEvent } from "../../src/events/event-map";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";
import { aStream, positions, range, write } from "./streams";
import { AT_ONCE_MS } from "../support/patience";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());
beforeEach(() => {
  testContext.clock.now = "2026-03-01T12:00:00.000Z";
});

const DAY = 86_400_000;

function wait(days: number): void {
  testContext.clock.now = new Date(Date.parse(testContext.clock.now) + days * DAY).toISOString();
}

const words = (count: number) => range(1, count).map((n) => `e${n}`);

async function writeMany(streams: string[], count: number): Promise<void> {
  for (let left = count; left > 0; left -= 500) await write(testContext, streams, words(Math.min(left, 500)));
}

const read = (stream: string, after: number, limit = 10_000): Promise<RecordedEvent[]> =>
  testContext.database.read((reads) => readEvents(reads, stream, after, limit));

async function headOf(stream: string): Promise<{ last: number; forgotten: number }> {
  const [row] = await testContext.database.read((reads) =>
    reads.rows<Record<string, number | string>>(
      "SELECT lastPosition, forgottenPosition FROM organization_head WHERE organizationId = ?",
      [stream],
    ),
  );
  return { last: Number(row?.lastPosition), forgotten: Number(row?.forgottenPosition) };
}

describe("events that are older than the retention", () => {
  it("are forgotten, in every stream, and the head says up to where; the others and the positions stay", async () => {
    const [old, both, young, empty] = await Promise.all(range(1, 4).map(() => aStream(testContext)));
    await write(testContext, [old ?? "", both ?? ""], words(3));
    wait(29);
    await write(testContext, [both ?? "", young ?? ""], words(2));
    wait(1);
    await forgetOldEvents(testContext.system, 30);

    expect(await headOf(old ?? "")).toEqual({ last: 3, forgotten: 3 });
    expect(await headOf(both ?? "")).toEqual({ last: 5, forgotten: 3 });
    expect(await headOf(young ?? "")).toEqual({ last: 2, forgotten: 0 });
    expect(await headOf(empty ?? "")).toEqual({ last: 0, forgotten: 0 });
    expect(positions(await read(both ?? "", 3))).toEqual([4, 5]);
    expect(positions(await read(old ?? "", 3))).toEqual([]);
    await write(testContext, [old ?? ""], ["new"]);
    expect(positions(await read(old ?? "", 3))).toEqual([4]);
  });

  it("are kept to the millisecond until their time has come", async () => {
    const stream = await aStream(testContext);
    await write(testContext, [stream]);
    testContext.clock.now = new Date(Date.parse(testContext.clock.now) + 30 * DAY - 1).toISOString();
    await forgetOldEvents(testContext.system, 30);
    expect(await headOf(stream)).toEqual({ last: 1, forgotten: 0 });
    testContext.clock.now = new Date(Date.parse(testContext.clock.now) + 1).toISOString();
    await forgetOldEvents(testContext.system, 30);
    expect(await headOf(stream)).toEqual({ last: 1, forgotten: 1 });
  });

  it("wait behind a younger one that a node whose clock is ahead has put before them", async () => {
    const stream = await aStream(testContext);
    await write(testContext, [stream], ["old"]);
    wait(1);
    await write(testContext, [stream], ["from a clock that is ahead"]);
    wait(-1);
    await write(testContext, [stream], ["old too"]);
    wait(30);
    await forgetOldEvents(testContext.system, 30);
    expect(await headOf(stream)).toEqual({ last: 3, forgotten: 1 });
    expect(positions(await read(stream, 1))).toEqual([2, 3]);
    wait(1);
    await forgetOldEvents(testContext.system, 30);
    expect(await headOf(stream)).toEqual({ last: 3, forgotten: 3 });
  });

  it("go a thousand at a time until none is left, each time with the head", async () => {
    const stream = await aStream(testContext);
    await writeMany([stream], 2_201);
    wait(31);
    testContext.statements.length = 0;
    await forgetOldEvents(testContext.system, 30);
    const deletions = testContext.statements.filter((sql) => sql.startsWith("DELETE FROM event "));
    expect(deletions).toHaveLength(3);
    expect(await headOf(stream)).toEqual({ last: 2_201, forgotten: 2_201 });
    expect(await testContext.count("event", `organizationId = '${stream}'`)).toBe(0);

    testContext.statements.length = 0;
    await forgetOldEvents(testContext.system, 30);
    expect(testContext.statements.filter((sql) => !sql.trimStart().startsWith("SELECT"))).toEqual([]);
  });

  it("stop going when the program stops, between two transactions, and nothing is half done", async () => {
    const stream = await aStream(testContext);
    await writeMany([stream], 2_500);
    wait(31);
    const stopping = new AbortController();
    const work = forgetOldEvents(testContext.system, 30, stopping.signal);
    while ((await headOf(stream)).forgotten === 0) await nextTurn();
    stopping.abort();
    await work;
    const { last, forgotten } = await headOf(stream);
    expect(forgotten).toBeLessThan(last);
    expect(positions(await read(stream, forgotten))).toEqual(range(forgotten + 1, last));
  });
});

describe("two nodes that forget at once", () => {
  it("forget every old event and no other, and neither fails", async () => {
    const streams = await Promise.all(range(1, 3).map(() => aStream(testContext)));
    await writeMany(streams, 2_500);
    wait(31);
    await write(testContext, streams, ["kept"]);
    await Promise.all(range(1, 3).map(() => forgetOldEvents(testContext.system, 30)));
    for (const stream of streams) {
      expect(await headOf(stream)).toEqual({ last: 2_501, forgotten: 2_500 });
      expect(positions(await read(stream, 2_500))).toEqual([2_501]);
    }
  });
});

describe("while old events are forgotten", () => {
  it("writers go on, and readers meet either every event or EVENTS_CURSOR_EXPIRED, never a hole", async () => {
    const streams = await Promise.all(range(1, 2).map(() => aStream(testContext)));
    const [stream = ""] = streams;
    await writeMany(streams, 3_000);
    wait(31);
    let over = false;
    const waits: number[] = [];
    const writing = (async () => {
      for (let n = 0; !over || n < 20; n++) {
        const began = performance.now();
        await write(testContext, n % 2 ? streams : [...streams].reverse(), ["new"]);
        waits.push(performance.now() - began);
      }
    })();
    let expired = 0;
    const reading = Promise.all(
      range(1, 3).map(async (reader) => {
        for (let after = 0, seen = 0; !over || seen < 50; seen++) {
          await nextTurn();
          try {
            const page = await read(stream, after, 40 * reader);
            expect(positions(page)).toEqual(range(after + 1, after + page.length));
            after += page.length;
            if (page.length === 0) expect((await headOf(stream)).last).toBeGreaterThanOrEqual(after);
          } catch (error) {
            expect(error).toMatchObject({ code: "EVENTS_CURSOR_EXPIRED" });
            expired++;
            const { forgotten } = await headOf(stream);
            expect(forgotten).toBeGreaterThan(after);
            after = forgotten;
          }
        }
      }),
    );
    await Promise.all(range(1, 2).map(() => forgetOldEvents(testContext.system, 30)));
    over = true;
    await Promise.all([writing, reading]);

    expect(expired).toBeGreaterThan(0);
    for (const one of streams) {
      const { last, forgotten } = await headOf(one);
      expect([forgotten, last]).toEqual([3_000, 3_000 + waits.length]);
      expect(positions(await read(one, forgotten))).toEqual(range(3_001, last));
    }
    expect(Math.max(...waits)).toBeLessThan(AT_ONCE_MS);
  });
});

describe("a reader of the log whose place is no longer kept", () => {
  it("is refused with the cursor to go on with, for one statement, also when nothing at all is left", async () => {
    const stream = await aStream(testContext);
    await write(testContext, [stream], words(4));
    wait(31);
    await forgetOldEvents(testContext.system, 30);
    testContext.statements.length = 0;
    const [refusal] = await refusalsOf(read(stream, 3));
    expect(testContext.statements).toHaveLength(1);
    expect(refusal).toMatchObject({
      code: "EVENTS_CURSOR_EXPIRED",
      kind: "INVALID",
      details: { oldestCursor: eventCursor(stream, 4) },
    });
    expect(refusal?.message).toContain("details.oldestCursor");
    expect(await read(stream, 4)).toEqual([]);
  });
});

import { once } from "node:events";
import type { FormattedExecutionResult } from "graphql";
import { EventStream } from "../../src/transport/sse/event-stream";

/** Results without end, that count how many were asked for, and whether they were let go. */
function endless() {
  const counts = { asked: 0, returned: 0 };
  const results: AsyncIterator<FormattedExecutionResult, undefined> = {
    next: () => Promise.resolve({ done: false, value: { data: { n: ++counts.asked } } }),
    return: () => {
      counts.returned++;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return { counts, results };
}

/** Results that never come. */
const silence = (onReturn = () => undefined as void): AsyncIterator<FormattedExecutionResult, undefined> => ({
  next: () => new Promise(() => undefined),
  return: () => {
    onReturn();
    return Promise.resolve({ done: true, value: undefined });
  },
});

/** A connection that may be written to. */
const READING = { announce: () => true, quietMs: 0, taken: 0 };

const beats = async (count: number) => {
  for (let n = 0; n < count; n++) await jest.advanceTimersByTimeAsync(12_000);
};

// Node's own streams wait for the next tick.
beforeEach(() => jest.useFakeTimers({ doNotFake: ["nextTick"] }));
afterEach(() => jest.useRealTimers());

describe("a stream of server-sent events", () => {
  it("has no more than one result made for a reader that takes nothing", async () => {
    const { counts, results } = endless();
    const stream = new EventStream({ results }, READING);
    stream.on("readable", () => undefined);
    await beats(2);
    expect(counts.asked).toBeLessThanOrEqual(1);
    stream.destroy();
  });

  it("has a reader that goes on taking sent a word every twelve seconds, so that proxies keep it", async () => {
    const stream = new EventStream({ results: silence() }, READING);
    let text = "";
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await beats(10);
    expect(text).toBe(":\n\n".repeat(11));
    expect(stream.destroyed).toBe(false);
    stream.destroy();
  });

  it("tells a live listener how far it has come, with each word and as its last one", async () => {
    let position = 41;
    const checkpoint = () => ({ position, cursor: `c${position}` });
    const stream = new EventStream({ results: silence(), checkpoint }, READING);
    let text = "";
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await beats(1);
    stream.send({ position: 42, cursor: "c42", json: Buffer.from('{"data":1}') });
    position = 42;
    await beats(1);
    stream.shut();
    await jest.advanceTimersByTimeAsync(0);
    const beat = (at: number) => `id: c${at}\n: position ${at}\n\n`;
    expect(text).toBe(`:\n\n${beat(41)}event: next\nid: c42\ndata: {"data":1}\n\n${beat(42)}${beat(42)}`);
  });

  it("counts what its reader has not taken", () => {
    const stream = new EventStream({ results: silence() }, READING);
    const before = stream.bufferedBytes;
    stream.send({ position: 1, cursor: "c1", json: Buffer.alloc(1_000) });
    expect(stream.bufferedBytes).toBeGreaterThan(before + 1_000);
    stream.destroy();
  });

  it("adds no word to what a reader has not taken yet, and lets go of its source when it is over", async () => {
    let returned = 0;
    const stream = new EventStream({ results: silence(() => void returned++) }, READING);
    const before = stream.bufferedBytes;
    await beats(6);
    expect(stream.bufferedBytes).toBe(before);
    stream.destroy();
    expect(returned).toBe(1);
  });

  it("sends nothing to a connection that was cut off for what it left unread", () => {
    const stream = new EventStream({ results: silence() }, { announce: () => false, quietMs: 0, taken: 0 });
    const before = stream.bufferedBytes;
    stream.send({ position: 1, cursor: "c1", json: Buffer.alloc(1_000) });
    expect(stream.bufferedBytes).toBe(before);
    stream.destroy();
  });

  it("fails when its source does, and lets go of it", async () => {
    const failing = { ...silence(), next: () => Promise.reject(new Error("broken")) };
    const stream = new EventStream({ results: failing }, READING);
    const failed = once(stream, "error");
    stream.resume();
    expect(await failed).toMatchObject([{ message: "broken" }]);
  });
});

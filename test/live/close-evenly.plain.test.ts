import { closeEvenly } from "../../src/transport/streams/close-evenly";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** When each of so many peers was closed, in milliseconds after the beginning. */
async function closedAfter(peers: number, spreadMs: number): Promise<number[]> {
  const startedAt = performance.now();
  const moments: number[] = [];
  const closing = closeEvenly(
    Array.from({ length: peers }, (_, n) => n),
    spreadMs,
    () => {
      moments.push(performance.now() - startedAt);
      return Promise.resolve();
    },
  );
  await jest.advanceTimersByTimeAsync(spreadMs);
  await closing;
  return moments;
}

describe("closing many peers", () => {
  it("is spread evenly over the time: in each quarter of it as many are closed as in another", async () => {
    const moments = await closedAfter(400, 800);
    expect(moments).toHaveLength(400);
    for (let n = 0; n < 4; n++) {
      const closed = moments.filter((at) => at >= n * 200 && at < (n + 1) * 200).length;
      expect(Math.abs(closed - 100)).toBeLessThanOrEqual(1);
    }
  });

  it("takes a few peers little time, and none no time", async () => {
    expect((await closedAfter(5, 60_000)).at(-1)).toBeLessThan(100);
    expect(await closedAfter(0, 60_000)).toEqual([]);
  });

  it("is over when the last one has gone", async () => {
    let gone = 0;
    const closing = closeEvenly([1, 2, 3], 0, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      gone++;
    });
    await jest.advanceTimersByTimeAsync(50);
    await closing;
    expect(gone).toBe(3);
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { closeEvenly } from "../../src/server/live/close-evenly";

/** When each of so many peers was closed, in milliseconds after the beginning. */
async function closedAfter(peers: number, spreadMs: number): Promise<number[]> {
  const startedAt = performance.now();
  const moments: number[] = [];
  await closeEvenly(
    Array.from({ length: peers }, (_, n) => n),
    spreadMs,
    () => {
      moments.push(performance.now() - startedAt);
      return Promise.resolve();
    },
  );
  return moments;
}

describe("closing many peers", () => {
  it("is spread evenly over the time: in no quarter of it are many more closed than in another", async () => {
    const moments = await closedAfter(400, 800);
    expect(moments).toHaveLength(400);
    const quarters = [0, 1, 2].map((n) => moments.filter((at) => at >= n * 200 && at < (n + 1) * 200).length);
    for (const closed of quarters) expect(closed).toBeLessThan(200);
    expect(moments.at(-1)).toBeGreaterThan(700);
  });

  it("takes a few peers little time, and none no time", async () => {
    expect((await closedAfter(5, 60_000)).at(-1)).toBeLessThan(1_000);
    expect(await closedAfter(0, 60_000)).toEqual([]);
  });

  it("is over when the last one has gone", async () => {
    let gone = 0;
    await closeEvenly([1, 2, 3], 0, async () => {
      await pause(50);
      gone++;
    });
    expect(gone).toBe(3);
  });
});

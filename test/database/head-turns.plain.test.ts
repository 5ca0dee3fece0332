import { setTimeout as pause } from "node:timers/promises";
import { Deadline } from "../../src/context/deadline";
import { CrowdedHeads, HeadTurns } from "../../src/database/head-turns";
import { refusalOf } from "../support/refusals";
import { AT_ONCE_MS } from "../support/patience";

describe("turns at the heads of streams", () => {
  it("are given to as many transactions as may wait for one head; the next one is told soon to give its connection back", async () => {
    const turns = new HeadTurns(2);
    const [one, two, three, other] = [turns.begin(), turns.begin(), turns.begin(), turns.begin()];
    await one.take(["a"]);
    await two.take(["b", "a"]);
    const startedAt = performance.now();
    await expect(three.take(["a"])).rejects.toBeInstanceOf(CrowdedHeads);
    await expect(three.take(["a"])).rejects.toBeInstanceOf(CrowdedHeads);
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    await other.take(["c"]);
    two.end();
    await three.take(["a"]);
    await other.take(["b", "c"]);
  });

  it("waits without a connection until a turn is free, and keeps it for the next try", async () => {
    const turns = new HeadTurns(1);
    const [holder, waiter] = [turns.begin(), turns.begin()];
    await holder.take(["a"]);
    const waiting = waiter.wait(new CrowdedHeads(["b", "a"]), new Deadline(10_000));
    let isWaiting = true;
    void waiting.then(() => (isWaiting = false));
    await pause(20);
    expect(isWaiting).toBe(true);
    holder.end();
    await waiting;
    await waiter.take(["a", "b"]);
    await expect(holder.take(["b"])).rejects.toBeInstanceOf(CrowdedHeads);
    waiter.end();
    await holder.take(["a", "b"]);
  });

  it("refuses at the deadline with SERVICE_BUSY, and gives back the turns that came", async () => {
    const turns = new HeadTurns(1);
    const [holder, waiter, third] = [turns.begin(), turns.begin(), turns.begin()];
    await holder.take(["b"]);
    expect(await refusalOf(waiter.wait(new CrowdedHeads(["a", "b"]), new Deadline(30)))).toBe("SERVICE_BUSY");
    await third.take(["a"]);
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { Admission } from "../../src/database/admission";
import { refusalOf } from "../support/refusals";
import { makeGate } from "./gate";

describe("admission", () => {
  it("lets as many in at once as there are places, and no more", async () => {
    const admission = new Admission(3, 1_000);
    let inside = 0;
    let most = 0;
    const work = () =>
      admission.run(async () => {
        most = Math.max(most, ++inside);
        await pause(2);
        inside--;
      });
    for (let wave = 0; wave < 3; wave++) await Promise.all(Array.from({ length: 20 }, work));
    expect(most).toBe(3);
    expect(inside).toBe(0);
  });

  it("lets those who wait in by the order in which they came", async () => {
    const admission = new Admission(1, 1_000);
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((n) => admission.run(async () => void order.push(n))));
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  it("sends one away who waited too long, without starting the work, and forgets it", async () => {
    const admission = new Admission(1, 30);
    const gate = makeGate();
    const holder = admission.run(() => gate.passed);
    let started = false;
    expect(await refusalOf(admission.run(async () => void (started = true)))).toBe("SERVICE_BUSY");
    expect(started).toBe(false);
    gate.open();
    await holder;

    // Were the one sent away still in the queue, the place would be given to it and lost.
    expect(await admission.run(() => Promise.resolve("in"))).toBe("in");
    expect(await admission.run(() => Promise.resolve("in again"))).toBe("in again");
  });

  it("sends away only the one whose time is over, and lets the later one in", async () => {
    const admission = new Admission(1, 60);
    const gate = makeGate();
    const holder = admission.run(() => gate.passed);
    const early = refusalOf(admission.run(() => Promise.resolve("early")));
    await pause(30);
    const late = admission.run(() => Promise.resolve("late"));
    expect(await early).toBe("SERVICE_BUSY");
    gate.open();
    expect(await late).toBe("late");
    await holder;
  });

  it("takes a place back when the work throws", async () => {
    const admission = new Admission(1, 30);
    await expect(admission.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await admission.run(() => Promise.resolve("in"))).toBe("in");
  });
});

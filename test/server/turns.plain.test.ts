import { setTimeout as pause } from "node:timers/promises";
import { Turns } from "../../src/server/turns";

describe("taking turns", () => {
  it("lets no more than so many work at once, in the order in which they came, and gives each its result", async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    let working = 0;
    let most = 0;
    const work = (n: number) => async () => {
      begun.push(n);
      most = Math.max(most, ++working);
      await pause(n % 3);
      working--;
      return n * 10;
    };
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    expect(await Promise.all(numbers.map((n) => turns.run(work(n))))).toEqual(numbers.map((n) => n * 10));
    expect(begun).toEqual(numbers);
    expect(most).toBe(2);
  });

  it("goes on after a failure", async () => {
    const turns = new Turns(1);
    const failing = turns.run(() => Promise.reject(new Error("no")));
    const next = turns.run(() => Promise.resolve("yes"));
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
    expect(await turns.run(() => Promise.resolve("again"))).toBe("again");
  });
});

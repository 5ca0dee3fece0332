import { setTimeout as pause } from "node:timers/promises";
import { FairSemaphore } from "../../src/server/fair-semaphore";

describe("a fair semaphore", () => {
  it("lets no more than so many tasks run at once, in order of arrival, and gives each its result", async () => {
    const semaphore = new FairSemaphore(2);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    const task = (n: number) => async () => {
      begun.push(n);
      most = Math.max(most, ++running);
      await pause(n % 3);
      running--;
      return n * 10;
    };
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    const results = await Promise.all(numbers.map((n) => semaphore.run("one", task(n))));
    expect(results).toEqual(numbers.map((n) => n * 10));
    expect(begun).toEqual(numbers);
    expect(most).toBe(2);
  });

  it("gives each organization its turn, however many tasks another one has", async () => {
    const semaphore = new FairSemaphore(1);
    const done: string[] = [];
    const run = (organization: string, n: number) =>
      semaphore.run(organization, () => Promise.resolve(void done.push(`${organization}${n}`)));
    const tasks = [1, 2, 3, 4].map((n) => run("a", n));
    tasks.push(run("b", 1), run("c", 1), run("b", 2));
    await Promise.all(tasks);
    expect(done).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  });

  it("goes on after a failure", async () => {
    const semaphore = new FairSemaphore(1);
    const failing = semaphore.run("one", () => Promise.reject(new Error("no")));
    const next = semaphore.run("one", () => Promise.resolve("yes"));
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
    expect(await semaphore.run("one", () => Promise.resolve("again"))).toBe("again");
  });
});

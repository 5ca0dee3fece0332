import { setTimeout as pause } from "node:timers/promises";
import { Deadline } from "../../src/context/deadline";
import { FairSemaphore } from "../../src/context/fair-semaphore";
import { makeGate } from "../database/gate";
import { refusalsOf } from "../support/refusals";

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

describe("a share of the places for each organization", () => {
  it("leaves places to others while one organization's tasks do not end, and loses none", async () => {
    const semaphore = new FairSemaphore(3, { maxPerOrganization: 2 });
    const gate = makeGate();
    let stuck = 0;
    const holders = Array.from({ length: 5 }, () =>
      semaphore.run("a", () => {
        stuck++;
        return gate.passed;
      }),
    );
    for (let n = 0; n < 10; n++) expect(await semaphore.run("b", () => Promise.resolve(n))).toBe(n);
    expect(stuck).toBe(2);
    gate.open();
    await Promise.all(holders);
    expect(stuck).toBe(5);
    const all = makeGate();
    const last = ["a", "a", "b"].map((organization) => semaphore.run(organization, () => all.passed));
    all.open();
    await Promise.all(last);
  });
});

describe("a deadline", () => {
  it("refuses a task that waited until then, with how long that was, and forgets it", async () => {
    const semaphore = new FairSemaphore(1, { busy: "All places are taken" });
    const gate = makeGate();
    const holder = semaphore.run("a", () => gate.passed);
    let started = false;
    const waiting = semaphore.run("a", async () => void (started = true), new Deadline(230));
    expect((await refusalsOf(waiting))[0]).toMatchObject({
      code: "SERVICE_BUSY",
      message: expect.stringMatching(
        /^All places are taken\. The request waited \d\.\d s, and nothing was done; try again\.$/,
      ) as string,
      details: { retryAfterSeconds: 1 },
    });
    expect(started).toBe(false);
    gate.open();
    await holder;

    // Were the refused one still waiting, the place would be given to it and lost.
    expect(await semaphore.run("a", () => Promise.resolve("in"))).toBe("in");
    expect(await semaphore.run("a", () => Promise.resolve("in again"))).toBe("in again");
  });

  it("refuses only the task whose deadline it is, and lets a later one run", async () => {
    const semaphore = new FairSemaphore(1);
    const gate = makeGate();
    const holder = semaphore.run("a", () => gate.passed);
    const early = refusalsOf(semaphore.run("a", () => Promise.resolve("early"), new Deadline(60)));
    const late = semaphore.run("a", () => Promise.resolve("late"), new Deadline(10_000));
    expect((await early)[0]?.code).toBe("SERVICE_BUSY");
    gate.open();
    expect(await late).toBe("late");
    await holder;
  });

  it("that has passed does not matter where a place is free", async () => {
    expect(await new FairSemaphore(1).run("a", () => Promise.resolve("in"), new Deadline(0))).toBe("in");
  });
});

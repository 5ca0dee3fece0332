import { setTimeout as pause } from "node:timers/promises";
import { Deadline } from "../../src/context/deadline";
import { FairTurns } from "../../src/context/fair-turns";

function compute(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

describe("fair turns", () => {
  it("let work begin at once where there is little of it", () => {
    const turns = new FairTurns(1_000, 100);
    for (let n = 0; n < 100; n++) expect(turns.turn("one")).toBeUndefined();
  });

  it("spread much work that is ready at once over turns of the event loop, organization by organization", async () => {
    const turns = new FairTurns(5, 10);
    const done: string[] = [];
    let loopTurns = 0;
    const count = () => {
      loopTurns++;
      if (done.length < 101) setImmediate(count);
    };
    setImmediate(count);
    const piece = async (organization: string) => {
      await turns.turn(organization);
      compute(2);
      done.push(organization);
    };
    const all = Array.from({ length: 100 }, () => piece("large"));
    all.push(piece("small"));
    await Promise.all(all);
    expect(done).toHaveLength(101);
    // 202 ms of work, 5 ms and a piece a turn; one turn without it.
    expect(loopTurns).toBeGreaterThan(15);
    // Those of the first turn, then one of each.
    expect(done.indexOf("small")).toBeLessThan(15);
  });

  it("keep those that come later behind those that wait", async () => {
    const turns = new FairTurns(1, 1);
    const done: number[] = [];
    const piece = async (n: number) => {
      await turns.turn("one");
      compute(2);
      done.push(n);
    };
    const all = [1, 2, 3, 4].map(piece);
    await all[1];
    all.push(piece(5));
    await Promise.all(all);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });

  it("refuse what waits beyond its deadline, and go on with the rest", async () => {
    const turns = new FairTurns(1, 1);
    const done: string[] = [];
    const piece = async (name: string, deadline?: Deadline) => {
      await turns.turn("one", deadline);
      compute(5);
      done.push(name);
    };
    const before = Array.from({ length: 20 }, () => piece("before"));
    const late = piece("late", new Deadline(20));
    const inTime = piece("in time", new Deadline(60_000));
    await expect(late).rejects.toMatchObject({ code: "SERVICE_BUSY" });
    // It was refused at its deadline, not when its turn would have come.
    expect(done.length).toBeLessThan(20);
    await Promise.all([...before, inTime]);
    expect(done).toEqual([...Array.from({ length: 20 }, () => "before"), "in time"]);
    await pause(30);
    expect(done).toHaveLength(21);
  });
});

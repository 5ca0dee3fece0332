import { FairQueue } from "../../src/context/fair-queue";

function taken(queue: FairQueue<string>): string[] {
  const items: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) items.push(item);
  return items;
}

describe("a fair queue", () => {
  it("gives each organization its turn, and within it each caller, however much one of them has waiting", () => {
    const queue = new FairQueue<string>();
    for (const n of [1, 2, 3, 4]) queue.add(["one", "ann"], `ann${n}`);
    queue.add(["one", "bob"], "bob1");
    queue.add(["two", "cay"], "cay1");
    queue.add(["one", "bob"], "bob2");
    queue.add(["two", "cay"], "cay2");
    expect(taken(queue)).toEqual(["ann1", "cay1", "bob1", "cay2", "ann2", "bob2", "ann3", "ann4"]);
    expect(queue.isEmpty).toBe(true);
  });

  it("does not put an organization first that comes back", () => {
    const queue = new FairQueue<string>();
    queue.add(["one"], "a1");
    queue.add(["two"], "b1");
    expect(queue.take()).toBe("a1");
    queue.add(["one"], "a2");
    expect(taken(queue)).toEqual(["b1", "a2"]);
  });

  it("forgets what is taken out of its turn, and nobody loses a turn by that", () => {
    const queue = new FairQueue<string>();
    for (const item of ["a1", "a2", "a3"]) queue.add(["one", "ann"], item);
    queue.add(["two", "bob"], "b1");
    queue.remove(["one", "ann"], "a1");
    queue.remove(["one", "ann"], "a2");
    queue.remove(["one", "ann"], "never there");
    queue.remove(["nobody", "there"], "never there");
    expect(taken(queue)).toEqual(["a3", "b1"]);
    queue.add(["one", "ann"], "a4");
    queue.remove(["one", "ann"], "a4");
    expect(queue.isEmpty).toBe(true);
    expect(queue.take()).toBeUndefined();
  });
});

import { BoundedCache } from "../../src/context/bounded-cache";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const SECOND = 1_000;

describe("what is remembered for a while", () => {
  it("is there until it lapses, and never longer than any may be", () => {
    const memory = new BoundedCache<string, string>({ ttlMs: 60 * SECOND, maxEntries: 10 });
    memory.set("short", "a", { ttlMs: 2 * SECOND });
    memory.set("long", "b");
    memory.set("longer", "c", { ttlMs: 3_600 * SECOND });
    memory.set("ended", "d", { ttlMs: -SECOND });

    const known = () => ["short", "long", "longer", "ended"].filter((key) => memory.get(key));
    expect(known()).toEqual(["short", "long", "longer"]);
    jest.advanceTimersByTime(2 * SECOND);
    expect(known()).toEqual(["long", "longer"]);
    jest.advanceTimersByTime(58 * SECOND - 1);
    expect(known()).toEqual(["long", "longer"]);
    jest.advanceTimersByTime(1);
    expect(known()).toEqual([]);
  });

  it("takes no room once it has lapsed, however many came", () => {
    const memory = new BoundedCache<string, number>({ ttlMs: 2 * SECOND, maxEntries: 10_000 });
    for (let visitor = 0; visitor < 5_000; visitor++) memory.set(`visitor ${visitor}`, visitor);
    expect(memory.size).toBe(5_000);
    jest.advanceTimersByTime(2 * SECOND);
    memory.set("the next one", 0);
    expect(memory.size).toBe(1);
  });

  it("makes room for what is new, the oldest first; what is set again is new", () => {
    const memory = new BoundedCache<string, number>({ ttlMs: 2 * SECOND, maxEntries: 3 });
    for (const key of ["a", "b", "c"]) memory.set(key, 1);
    memory.set("a", 2);
    memory.set("d", 1);
    expect(["a", "b", "c", "d"].map((key) => memory.get(key))).toEqual([2, undefined, 1, 1]);
    expect(memory.size).toBe(3);
  });

  it("is forgotten where somebody says so", () => {
    const memory = new BoundedCache<string, number>({ ttlMs: 2 * SECOND, maxEntries: 10 });
    for (const value of [1, 2, 3, 4]) memory.set(String(value), value);
    memory.remove((value) => value % 2 === 0);
    expect(["1", "2", "3", "4"].map((key) => memory.get(key))).toEqual([1, undefined, 3, undefined]);
    memory.remove();
    expect(memory.size).toBe(0);
  });
});

describe("what is kept without an end", () => {
  const present = (cache: BoundedCache<string, number>, keys: string) =>
    [...keys].filter((key) => cache.get(key) !== undefined).join("");

  it("is bounded: the oldest goes, unless it was asked for lately, and then the next oldest", () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 3 });
    for (const key of "abc") cache.set(key, 1);
    cache.get("a");
    cache.set("d", 1);
    expect(cache.size).toBe(3);
    cache.set("e", 1);
    expect(present(cache, "abcde")).toBe("ade");
  });

  it("makes room also where all of it was asked for", () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 3 });
    for (const key of "abc") cache.set(key, 1);
    expect(present(cache, "abc")).toBe("abc");
    cache.set("d", 1);
    expect(present(cache, "abcd")).toBe("bcd");
  });

  it("is not displaced by many that are asked for once", () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 10 });
    cache.set("in use", 1);
    for (let once = 0; once < 1_000; once++) {
      cache.get("in use");
      cache.set(String(once), once);
    }
    expect(cache.get("in use")).toBe(1);
    expect(cache.size).toBe(10);
  });

  it("weighs no more than it may, all together and each", () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 100, maxWeight: 10, maxEntryWeight: 6 });
    cache.set("a", 1, { weight: 4 });
    cache.set("b", 1, { weight: 4 });
    cache.set("c", 1, { weight: 7 });
    expect(present(cache, "abc")).toBe("ab");
    cache.set("d", 1, { weight: 6 });
    expect(present(cache, "abd")).toBe("bd");
    cache.set("d", 2, { weight: 1 });
    cache.set("e", 1, { weight: 5 });
    expect(present(cache, "bde")).toBe("bde");
  });

  it("is made once for a key", () => {
    const cache = new BoundedCache<string, number>({ maxEntries: 2 });
    const make = jest.fn(() => 7);
    expect([cache.getOrMake("a", make), cache.getOrMake("a", make)]).toEqual([7, 7]);
    expect(make).toHaveBeenCalledTimes(1);
  });
});

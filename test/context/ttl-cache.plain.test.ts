import { TtlCache } from "../../src/context/ttl-cache";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const SECOND = 1_000;

describe("what is remembered for a while", () => {
  it("is there until it lapses, and never longer than any may be", () => {
    const memory = new TtlCache<string>(60 * SECOND, 10);
    memory.set("short", "a", 2 * SECOND);
    memory.set("long", "b");
    memory.set("longer", "c", 3_600 * SECOND);
    memory.set("ended", "d", -SECOND);

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
    const memory = new TtlCache<number>(2 * SECOND, 10_000);
    for (let visitor = 0; visitor < 5_000; visitor++) memory.set(`visitor ${visitor}`, visitor);
    expect(memory.size).toBe(5_000);
    jest.advanceTimersByTime(2 * SECOND);
    memory.set("the next one", 0);
    expect(memory.size).toBe(1);
  });

  it("makes room for what is new, the oldest first; what is set again is new", () => {
    const memory = new TtlCache<number>(2 * SECOND, 3);
    for (const key of ["a", "b", "c"]) memory.set(key, 1);
    memory.set("a", 2);
    memory.set("d", 1);
    expect(["a", "b", "c", "d"].map((key) => memory.get(key))).toEqual([2, undefined, 1, 1]);
    expect(memory.size).toBe(3);
  });

  it("is forgotten where somebody says so", () => {
    const memory = new TtlCache<number>(2 * SECOND, 10);
    for (const value of [1, 2, 3, 4]) memory.set(String(value), value);
    memory.remove((value) => value % 2 === 0);
    expect(["1", "2", "3", "4"].map((key) => memory.get(key))).toEqual([1, undefined, 3, undefined]);
    memory.remove();
    expect(memory.size).toBe(0);
  });
});

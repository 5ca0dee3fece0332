import { and, beginsWith, limit, name, sql } from "../../src/database/sql";

describe("SQL", () => {
  it("holds no value in its text, and the values in the order of their places", () => {
    const scope = sql`FROM customer WHERE partnerId = ${"p'; DROP TABLE customer"}`;
    const select = sql`SELECT ${1} ${scope} AND isTrial = ${true} AND gone = ${null}`;
    expect(select.text).toBe("SELECT ? FROM customer WHERE partnerId = ? AND isTrial = ? AND gone = ?");
    expect(select.values).toEqual([1, "p'; DROP TABLE customer", true, null]);
  });

  it("has the same text for lists of nearly the same length", () => {
    const texts = (from: number, to: number) =>
      new Set(
        Array.from({ length: to - from + 1 }, (_, at) => sql`IN ${Array<string>(from + at).fill("x")}`.text),
      );
    expect(texts(21, 50).size).toBe(1);
    expect(texts(1, 500).size).toBe(9);
    expect(sql`IN ${["a", "b", "c"]}`).toEqual({
      text: "IN (?, ?, ?, ?, ?)",
      values: ["a", "b", "c", "c", "c"],
    });
  });

  it("finds nothing in a list that is empty", () => {
    expect(sql`id IN ${[]}`).toEqual({ text: "id IN (?)", values: [null] });
  });

  it("is narrowed by the conditions that there are, each by itself", () => {
    const none = and(sql`WHERE a = ${1}`, undefined, null, false, "");
    expect(none).toEqual({ text: "WHERE a = ?", values: [1] });
    const some = and(sql`WHERE a = ${1}`, sql`b = ${2} OR c = ${3}`, null, beginsWith(name("d"), "x"));
    expect(some.text).toBe("WHERE a = ? AND (b = ? OR c = ?) AND (d >= ? AND d < ?)");
    expect(some.values).toEqual([1, 2, 3, "x", "x\u{10FFFF}"]);
  });

  it.each(["customer; --", "a b", "a.b.c", "", "1a", "a.", "ä"])("takes no %p for a name", (text) => {
    expect(() => name(text)).toThrow("no name in SQL");
  });

  it.each([-1, 1.5, NaN, Infinity, "1 OR 1" as unknown as number])(
    "takes no %p for a number of rows",
    (rows) => {
      expect(() => limit(rows)).toThrow("no number of rows");
    },
  );
});

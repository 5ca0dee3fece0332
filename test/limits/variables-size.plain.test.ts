import { sizeOfVariables } from "../../src/transport/limits/variables-size";

const limits = { name: 10, text: 20, values: 30 };

const excessOf = (variables: Record<string, unknown> | null | undefined, bounds = limits) =>
  sizeOfVariables(variables, bounds).excess;

describe("variables are measured", () => {
  it("and taken as long as each is within its limit", () => {
    const variables = {
      nameOfTen_: "t".repeat(20),
      list: Array(20).fill(1),
      none: null,
      flag: false,
      inner: { a: { b: [] } },
    };
    expect(excessOf(variables, limits)).toBeUndefined();
    expect(excessOf(undefined, limits)).toBeUndefined();
    expect(excessOf(null, limits)).toBeUndefined();
  });

  it.each([
    [
      "a text",
      { a: { b: ["x", "t".repeat(21)] } },
      { limit: "text", maximum: 20, found: 21, field: "a.b.1" },
    ],
    ["a name", { a: { ["n".repeat(11)]: 1 } }, { limit: "name", maximum: 10, found: 11, field: "a" }],
    ["a name at the top", { ["n".repeat(11)]: 1 }, { limit: "name", maximum: 10, found: 11 }],
    ["many values", { a: Array(30).fill(1) }, { limit: "values", maximum: 30 }],
    [
      "many variables",
      Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`v${at}`, 1])),
      { limit: "values", maximum: 30 },
    ],
  ] as [string, Record<string, unknown>, object][])(
    "and refused where one is beyond: %s",
    (_, variables, excess) => {
      expect(excessOf(variables, limits)).toEqual(excess);
    },
  );

  it("without a look at more than the limit lets through, however deep they are", () => {
    let deep: unknown = "t".repeat(1_000);
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    const excess = excessOf({ deep }, { ...limits, values: 100_000 });
    expect(excess).toEqual({ limit: "values", maximum: 100_000 });
  });

  it("and the length of all texts and names is told", () => {
    expect(sizeOfVariables({ ab: ["cde", 1, { f: null }], g: "hi" }, limits)).toEqual({ length: 12 });
  });

  it("a name that every object has is a name like others", () => {
    const variables = JSON.parse('{ "__proto__": { "a": "tttttttttttttttttttttttt" } }') as Record<
      string,
      unknown
    >;
    expect(excessOf(variables, limits)).toMatchObject({ limit: "text" });
  });
});

import { canBeBetween, dataDifference } from "./differences";

/** What the comparison says of two answers. */
const kindOf = (wanted: object, got: object) =>
  dataDifference(wanted, got, { expected: "", actual: "" })?.kind;

it.each([
  ["fields lost", { data: { a: { b: 1, c: 2 } } }, { data: { a: { c: 2 } } }],
  ["fields lost", { data: { a: 1 } }, { data: {} }],
  ["fields lost", { data: { errors: [{ code: "X" }] } }, { data: { errors: [{}] } }],
  ["fields added", { data: {} }, { data: { a: 1 } }],
  ["null instead of data", { data: { a: { b: 1 } } }, { data: { a: null } }],
  ["null instead of data", { data: { a: 1 } }, { data: null }],
  ["data instead of null", { data: { a: null } }, { data: { a: { b: 1 } } }],
  ["order of keys", { data: { a: 1, b: 2 } }, { data: { b: 2, a: 1 } }],
  ["values", { data: { a: 1 } }, { data: { a: 2 } }],
  ["executed although a variable is wrong", { errors: [] }, { data: {} }],
  ["refused although the variables are right", { data: {} }, { errors: [] }],
])("tells %s, for %j and %j", (kind, wanted, got) => {
  expect(kindOf(wanted, got)).toBe(kind);
});

it("tells no difference of equal answers", () => {
  expect(kindOf({ data: { a: [1, null] } }, { data: { a: [1, null] } })).toBeUndefined();
});

it.each([
  ["equal", { a: 1, log: { count: 1, rows: [1] } }, { a: 1, log: { count: 1, rows: [1] } }, true],
  [
    "in what changes each time only",
    { a: 1, log: { count: 2, rows: [2] } },
    { a: 1, log: { count: 3, rows: [3] } },
    true,
  ],
  [
    "also in a value that does not change",
    { a: 2, log: { count: 2, rows: [2] } },
    { a: 1, log: { count: 3, rows: [3] } },
    false,
  ],
  ["also by a lost field", { a: 1, log: { count: 2 } }, { a: 1, log: { count: 3, rows: [3] } }, false],
  [
    "also by a field that is lost beside it",
    { log: { count: 2, rows: [2] } },
    { a: 1, log: { count: 3, rows: [3] } },
    false,
  ],
  [
    "also by the order of fields",
    { log: { count: 2, rows: [2] }, a: 1 },
    { a: 1, log: { count: 3, rows: [3] } },
    false,
  ],
  [
    "while nothing changes",
    { a: 1, log: { count: 2, rows: [1] } },
    { a: 1, log: { count: 1, rows: [1] } },
    false,
  ],
])("an answer that differs %s is told from one between two others", (_how, actual, after, isIt) => {
  expect(canBeBetween({ a: 1, log: { count: 1, rows: [1] } }, actual, after)).toBe(isIt);
});

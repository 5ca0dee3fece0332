import { executeSync, getIntrospectionQuery } from "graphql";
import { compileCost } from "../../src/transport/limits/operation-cost";
import { operationIn, schema } from "./operations";
import { cpuTakenMs } from "./cpu-growth";

const FULLEST = getIntrospectionQuery({
  ...{ inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true },
  ...{ directiveIsRepeatable: true, oneOf: false, descriptions: true },
});

/** The points that an operation costs, and the length of its answer. */
function measured(text: string) {
  const { document, operation } = operationIn(text);
  const points = compileCost(schema, document, operation)({});
  return { points, length: JSON.stringify(executeSync({ schema, document })).length };
}

const aliased = (count: number, field: string) =>
  Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(" ");

const WORST: [string, string][] = [
  ["all types ten times", `{ __schema { ${aliased(10, "types { ...T }")} } } ${typeFragment()}`],
  [
    "descriptions ten times",
    `{ __schema { types { ${aliased(10, "description")} fields { description } } } }`,
  ],
  [
    "types of fields of types",
    `{ __schema { types { fields { type { ofType { ...T } ...T } } } } } ${typeFragment(false)}`,
  ],
  [
    "possible types of interfaces",
    "{ __schema { types { interfaces { possibleTypes { name description kind } } } } }",
  ],
  ["long names", `{ __schema { types { ${"x".repeat(200)}: name fields { ${"y".repeat(200)}: name } } } }`],
  [
    "the largest type, from within",
    `{ __type(name: "Mutation") { fields { type { fields { description args { description type { name } } } } } } }`,
  ],
];

function typeFragment(withFields = true): string {
  const fields =
    "fields(includeDeprecated: true) { name description args { name description type { kind name } } }";
  return `fragment T on __Type { kind name description ${withFields ? fields : "fields { name description }"} enumValues { name description } }`;
}

describe("introspection", () => {
  it("costs 100 points for the whole schema once, as the tools ask for it, and for less", () => {
    for (const text of [FULLEST, getIntrospectionQuery(), "{ __schema { queryType { name } } }"])
      expect(measured(text).points).toBe(100);
  });

  it.each(WORST)("costs what its answer is long: %s", (_, text) => {
    const usual = measured(FULLEST);
    const { points, length } = measured(text);
    expect(length / points).toBeLessThan((1.3 * usual.length) / usual.points);
  });

  it("costs no more because a fragment is spread again, and ends for fragments within fragments", () => {
    const once = `{ __schema { types { ...T } } } ${typeFragment()}`;
    const often = `{ __schema { types { ...T ...T ... { ...T } } types { ...T } } } ${typeFragment()}`;
    expect(measured(often).points).toBe(measured(once).points);
    const chain = Array.from({ length: 30 }, (_, at) => {
      const next = `ofType { kind ...F${at + 1} }`;
      return `fragment F${at} on __Type { a: ${next} b: ${next} }`;
    });
    const end = "fragment F30 on __Type { name }";
    const { document, operation } = operationIn(
      `{ __schema { types { fields { type { ...F0 } } } } } ${chain.join(" ")} ${end}`,
    );
    const began = cpuTakenMs();
    expect(compileCost(schema, document, operation)({})).toBeGreaterThanOrEqual(100);
    expect(cpuTakenMs() - began).toBeLessThan(1_000);
  });

  it("takes a name in a variable for any", () => {
    const text = "query ($name: String!) { __type(name: $name) { name fields { name type { name } } } }";
    expect(measured(text).points).toBe(100);
    expect(measured(`{ __type(name: "Nothing") { name } }`).points).toBe(100);
  });
});

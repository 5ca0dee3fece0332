import { buildSchema, execute, type GraphQLError, parse, validate } from "graphql";
import { withoutSuggestions, withoutValues } from "../../src/transport/graphql/caller-mistake";
import { superlinear } from "./cpu-growth";

const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Filter { name: String! colour: Colour }
  enum Cloud { PUBLIC US_GOVERNMENT GERMANY CHINA US_SEC US_NAT }
  type Query { list(first: Int, colour: Colour, filter: Filter, cloud: Cloud): Int }
`);

/** What graphql-js says about a variable's value, or about a document. */
async function mistakesOf(query: string, variableValues: Record<string, unknown> = {}): Promise<string[]> {
  const document = parse(query);
  const errors: readonly GraphQLError[] =
    validate(schema, document).length > 0
      ? validate(schema, document)
      : ((await execute({ schema, document, variableValues })).errors ?? []);
  return errors.map(({ message }) => withoutValues(message));
}

describe("a value of 260,000 characters is not in the message, and the rule that it breaks is", () => {
  const long = "a".repeat(260_000);
  const ofNumber = "query ($f: Int) { list(first: $f) }";
  const ofColour = "query ($c: Colour) { list(colour: $c) }";
  const ofFilter = "query ($i: Filter) { list(filter: $i) }";

  it.each([
    [ofNumber, { f: long }, 'Variable "$f" got an invalid value; Int cannot represent non-integer value.'],
    [ofColour, { c: long }, 'Variable "$c" got an invalid value; The value does not exist in "Colour" enum.'],
    [
      ofColour,
      { c: `${long}"; Int cannot represent value: "` },
      'Variable "$c" got an invalid value; The value does not exist in "Colour" enum.',
    ],
    [
      ofColour,
      { c: "RAD" },
      'Variable "$c" got an invalid value; The value does not exist in "Colour" enum. Did you mean the enum value "RED"?',
    ],
    [
      ofFilter,
      { i: { name: "a", colour: [long] } },
      'Variable "$i" got an invalid value at "i.colour"; Enum "Colour" cannot represent non-string value.',
    ],
    [
      ofFilter,
      { i: { colour: "RED" } },
      'Variable "$i" got an invalid value; Field "name" of required type "String!" was not provided.',
    ],
    [ofFilter, { i: { name: "a", [long]: 1 } }, 'Variable "$i" got an invalid value.'],
    [
      ofFilter,
      { i: { name: "a", nam: long } },
      'Variable "$i" got an invalid value; Field "nam" is not defined by type "Filter". Did you mean "name"?',
    ],
    [`{ list(first: "${long}") }`, {}, "Int cannot represent non-integer value."],
    [`{ list(colour: ${long}) }`, {}, 'The value does not exist in "Colour" enum.'],
    [`{ list(filter: "${long}") }`, {}, 'Expected value of type "Filter".'],
  ] as [string, Record<string, unknown>, string][])("case %#", async (query, variables, message) => {
    expect(await mistakesOf(query, variables)).toEqual([message]);
  });

  it.each([
    ['{ list(cloud: "the public one") }', {}, 'Enum "Cloud" cannot represent non-enum value.'],
    ["{ list(cloud: WORLDWIDE) }", {}, 'The value does not exist in "Cloud" enum.'],
    [
      "query ($c: Cloud) { list(cloud: $c) }",
      { c: "the public one" },
      'Variable "$c" got an invalid value; The value does not exist in "Cloud" enum.',
    ],
  ])(
    "prose where an enum's value belongs is answered with the values: %s",
    async (query, variables, start) => {
      const values = "Did you mean one of PUBLIC, US_GOVERNMENT, GERMANY, CHINA, US_SEC, US_NAT?";
      const [message = ""] = await mistakesOf(query, variables);
      expect(message).toBe(`${start} ${values}`);
      expect(withoutSuggestions(message)).toBe(start);
    },
  );

  it("a name of the document is cut", async () => {
    const [message = ""] = await mistakesOf(`{ ${long} }`);
    expect(message).toHaveLength(1_000);
    expect(message).toMatch(/^Cannot query field "aaa.*…a.*" on type "Query"\.$/);
  });
});

it("suggestions are left out of a message wherever they stand", () => {
  expect(withoutSuggestions('No "a". Did you mean "b" or "c"? Or d. Did you mean "e"?')).toBe(
    'No "a". Or d.',
  );
  expect(withoutSuggestions("No Did you mean this")).toBe("No Did you mean this");
});

describe("reading a message takes time that grows with its length only", () => {
  const values = ["a", " Did you mean ", '"; ', ' at "', "\\", "value: ", ", found "];
  const frames: [string, (value: string) => string][] = [
    [
      "a variable",
      (value) => `Variable "$f" got invalid value "${value}"; Int cannot represent value: "${value}"`,
    ],
    ["an enum", (value) => `Value "${value}" does not exist in "Colour" enum.`],
    ["a literal", (value) => `Expected value of type "Filter", found "${value}".`],
    ["an argument", (value) => `Argument "first" has invalid value ${value}.`],
    ["a syntax error", (value) => `Syntax Error: Expected Name, found String "${value}".`],
    ["a leaf", (value) => `Int cannot represent non-integer value: ${value}`],
    ["nothing", (value) => value],
  ];

  it.each(frames)("about %s", async (_, messageOf) => {
    for (const value of values) {
      const work = async (length: number) => {
        const message = messageOf(`${value.repeat(length / value.length)}!`);
        withoutSuggestions(withoutValues(message));
        withoutSuggestions(message);
      };
      expect(await superlinear(work, 60_000)).toBeUndefined();
    }
  });
});

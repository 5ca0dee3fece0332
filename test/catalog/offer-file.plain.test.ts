import fc from "fast-check";

import { recordsOf } from "../../src/catalog/offer-file";

const [FIRST, LAST] = [{ id: "first" }, { id: "last" }];
const middle = {
  id: "middle",
  name: "Seats, {many} of [them]",
  description: 'For "teams":\n}, { and more \\',
  category: { attributes: { objectType: "OfferCategory" } },
  prerequisiteOffers: ["one", "two"],
  links: { learnMore: { headers: [] }, self: { method: "GET" } },
  isTrial: false,
};
const fileOf = (...items: unknown[]) => JSON.stringify({ totalCount: 3, items, links: {} }, null, 1);
const text = fileOf(FIRST, middle, LAST);
const opens = text.indexOf("{\n   ", text.indexOf('"first"'));
const closes = text.indexOf("  {", opens) - 3;

/** What the records say that could be read. */
function valuesIn(file: string): unknown[] {
  return recordsOf(file).flatMap((record) => ("value" in record ? [record.value] : []));
}

function refusalOf(file: string): string | undefined {
  try {
    recordsOf(file);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "FIELD_INVALID", field: "text" });
    return (error as Error).message;
  }
}

it("each value of any list is given as JSON.parse does, with its line", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat({ max: 3 }), (values, space) => {
      const file = `\n${JSON.stringify({ a: { items: [] }, items: values }, null, space)}`;
      expect(valuesIn(file)).toEqual((JSON.parse(file) as { items: unknown[] }).items);
      const lines = file.split("\n");
      for (const [place, { line }] of recordsOf(file).entries()) {
        const [beginning] = JSON.stringify(values[place], null, space).split("\n");
        expect(lines[line - 1]).toContain(beginning);
      }
    }),
  );
});

it("the list may be all of the file, lines may end as on Windows, and a byte order mark may come first", () => {
  const file = `\uFEFF[\r\n${JSON.stringify(FIRST)},\r\n${JSON.stringify(LAST)}]`;
  expect(recordsOf(file)).toEqual([
    { line: 2, value: FIRST },
    { line: 3, value: LAST },
  ]);
});

it.each<[string, string, string, string]>([
  ["a lost comma", '"middle",', '"middle"', "Line 9, column 4: expected a comma or }."],
  ["a lost quote", '"objectType', "objectType", "Line 13, column 6: expected a name in double quotes or }."],
  ["a comma too much", "false", "false,", "Line 29, column 3: expected a name in double quotes."],
  ["a comment", '"isTrial"', '// "isTrial"', "Line 28, column 4: expected a name in double quotes."],
  ["a lost bracket", '"two"\n   ]', '"two"\n   ', "Line 20, column 11: expected a comma or ]."],
  ["a lost brace at its end", "false\n  }", "false\n  ", "Line 28, column 20: expected a comma or }."],
  ["a lost comma after it", "false\n  },", "false\n  }", "Line 30, column 3: expected a comma or ]."],
  [
    "an unknown escape",
    "middle",
    "mid\\dle",
    "Line 8, column 10: expected text that ends on its line with a double quote and escapes nothing but what JSON escapes.",
  ],
])(
  "a record spoilt by %s is told with its line and the place of the mistake",
  (_, sound, broken, problem) => {
    expect(recordsOf(text.replace(sound, () => broken))[1]).toEqual({ line: 7, problem });
  },
);

it("a bracket that was lost in the last record does not spoil the others", () => {
  expect(valuesIn(fileOf(FIRST, { all: ["x"] }).replace(/"x"\s*\]/, '"x"'))).toEqual([FIRST]);
});

it("whatever one character is lost from a record, the other records are read", () => {
  for (let at = opens; at <= closes; at++) {
    const values = valuesIn(text.slice(0, at) + text.slice(at + 1));
    expect({ lost: text.slice(at), values }).toMatchObject({ values: expect.arrayContaining([FIRST, LAST]) });
  }
});

it("whatever one character slips into a record, the others are read, or the file is refused as a whole", () => {
  for (let at = opens + 1; at <= closes; at++) {
    for (const slip of '{}[],:"x\\') {
      const broken = text.slice(0, at) + slip + text.slice(at);
      if (refusalOf(broken)?.includes("It is not JSON. Line ")) continue;
      expect({ slip, before: text.slice(at), values: valuesIn(broken) }).toMatchObject({
        values: expect.arrayContaining([FIRST, LAST]),
      });
    }
  }
});

it.each([
  ["", "It is not JSON. Line 1, column 1, where the file ends: expected a value."],
  ["id;name\n1;x", "It is not JSON. Line 1, column 1: expected a value."],
  ['{\n "items": [\n  {},\n ]\n}', "It is not JSON. Line 4, column 2: expected a value."],
  ['{\n "items": [\n  {}', "It is not JSON. Line 3, column 5, where the file ends: expected a comma or ]."],
  ['{ "items": [{ "id": 1 ] }', "It is not JSON. Line 1, column 23: expected a comma or }."],
  ['{ "items": [{}] } {}', "It is not JSON. Line 1, column 19: expected the end of the text."],
  ['{ "items": [{}], links }', "It is not JSON. Line 1, column 18: expected a name in double quotes."],
  [
    '{ "offers": [] }',
    "It holds no offers: they are expected as a list, or as the list `items` of an object.",
  ],
  ["5", "It holds no offers: they are expected as a list, or as the list `items` of an object."],
])("the file %j is refused as a whole, with the place where there is one", (file, reason) => {
  expect(refusalOf(file)).toBe(`The file cannot be read. ${reason} Nothing was imported.`);
});

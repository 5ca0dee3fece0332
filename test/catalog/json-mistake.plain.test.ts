import fc from "fast-check";

import { jsonMistake } from "../../src/catalog/json-mistake";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it("there is a mistake exactly in what JSON.parse refuses", () => {
  const slips = fc.constantFrom("", ..."{}[],:\"\\ \n\t\u00a0\u0001\ufeff-+.0123eEuntf/'\ud800");
  fc.assert(
    fc.property(fc.json(), fc.nat(), slips, fc.nat({ max: 2 }), (json, place, slip, lost) => {
      const at = place % (json.length + 1);
      const text = json.slice(0, at) + slip + json.slice(at + lost);
      expect({ text, sound: jsonMistake(text) === undefined }).toEqual({ text, sound: isJson(text) });
    }),
    { numRuns: 3000 },
  );
});

it("a text that was cut off has its mistake at its end, or where the cut-off word starts", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, place) => {
      const text = json.slice(0, place % json.length);
      const mistake = jsonMistake(text);
      fc.pre(mistake !== undefined);
      expect(text.slice(mistake.at)).toMatch(/^$|^"|^-$|^[tfn]|^[.eE]/);
    }),
  );
});

it.each([
  ["", 0, "a value"],
  ["01", 1, "the end of the text"],
  ["[1,]", 3, "a value"],
  ["[1}", 2, "a comma or ]"],
  ['{"a":1]', 6, "a comma or }"],
  ['{"a":1,}', 7, "a name in double quotes"],
  ["{a:1}", 1, "a name in double quotes or }"],
  ['{"a" 1}', 5, "a colon"],
  ['["a\nb"]', 1, "text that ends on its line with a double quote and escapes nothing but what JSON escapes"],
])("%j is wrong at %d, where %s should stand", (text, at, expected) => {
  expect(jsonMistake(text)).toEqual({ at, expected });
});

import fc from "fast-check";

import { SEARCH_KEY_LENGTH, searchKey } from "../../src/values/search-key";

it.each([
  ["Ärzte  GmbH", "arzte gmbh"],
  [" \tContoso\u00a0190\n", "contoso 190"],
  ["Café", "Cafe\u0301"],
  ["STRASSE", "Straße"],
  ["STRAẞE", "Straße"],
  ["IŞIK", "ışık"],
  ["İstanbul", "istanbul"],
  ["ΟΔΌΣ", "οδος"],
  ["Ёлка", "елка"],
  ["ＣＯＮＴＯＳＯ", "contoso"],
  ["ｶﾞｽ", "ガス"],
  ["ﬁnance", "finance"],
  ["شَرِكَة", "شركة"],
  ["con\u00adto\u200bso", "contoso"],
])("%p and %p have the same key", (a, b) => {
  expect(searchKey(a)).toBe(searchKey(b));
});

it.each([
  ["かす", "がす"],
  ["contoso", "con toso"],
  ["हिन्दी", "हन्दी"],
])("%s and %s have different keys", (a, b) => {
  expect(searchKey(a)).not.toBe(searchKey(b));
});

it.each([
  ["Ärzte  GmbH", "arzte gmbh"],
  ["O´Brien & Søn", "o brien & søn"],
  [" \t\u200b", ""],
])("the key of %p is %p", (text, key) => {
  expect(searchKey(text)).toBe(key);
});

it("a key ends after 200 characters, and never with a space", () => {
  expect(searchKey("x".repeat(201))).toBe("x".repeat(200));
  expect(searchKey("𠮷".repeat(201))).toBe("𠮷".repeat(200));
  expect(searchKey(`${"x".repeat(199)} y`)).toBe("x".repeat(199));
});

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 250 }),
  fc.string({ unit: "grapheme", maxLength: 250 }),
  fc.string({
    unit: fc.constantFrom("a", "É", " ", "\t", "Σ", "ß", "ẞ", "ı", "ﷺ", "한", "\u0301", "´"),
    maxLength: 250,
  }),
);

it("the key of a key is the key itself, and a key is never too long", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const key = searchKey(text);
      expect(searchKey(key)).toBe(key);
      expect(Array.from(key).length).toBeLessThanOrEqual(SEARCH_KEY_LENGTH);
    }),
    { numRuns: 1000 },
  );
});

it("the key of each single character is stable", () => {
  const unstable: string[] = [];
  // The planes above hold ideographs only: no case, no marks.
  for (let code = 0; code < 0x20000; code += 1) {
    const key = searchKey(String.fromCodePoint(code));
    if (searchKey(key) !== key) unstable.push(code.toString(16));
  }
  expect(unstable).toEqual([]);
});

it("the key of a beginning of the text is a beginning of the text's key", () => {
  const characters = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }), { maxLength: 60 });
  fc.assert(
    fc.property(characters, fc.nat(60), (text, length) => {
      const beginning = searchKey(text.slice(0, length).join(""));
      expect(searchKey(text.join("")).startsWith(beginning)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it("the key of ΟΔΟΣ is a beginning of the key of ΟΔΟΣΑ, though a final Σ is written otherwise in lower case", () => {
  expect(searchKey("ΟΔΟΣΑ").startsWith(searchKey("ΟΔΟΣ"))).toBe(true);
});

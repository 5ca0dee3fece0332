import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { demoOffers } from "../../src/catalog/demo-offers";
import { readOffers } from "../../src/catalog/import-offers";

/** A record of the publisher's in which everything is right. */
const sound = {
  id: "ab12-seats",
  name: "Seats, {many} of [them]",
  description: 'For "teams":\n}, { and more \\',
  minimumQuantity: 1,
  maximumQuantity: 300,
  locale: "en-US",
  country: "US",
  category: { id: "", attributes: { objectType: "OfferCategory" } },
  termUnitOfMeasure: "Year",
  term: 1,
  prerequisiteOffers: ["cd34-base"],
  isAddOn: true,
  isAvailableForPurchase: true,
  billing: "license",
  supportedBillingCycles: ["annual", "one_time"],
  isAutoRenewable: true,
  isTrial: false,
  unitType: "Licenses",
  links: { learnMore: { method: "GET", headers: [] }, self: { method: "GET", headers: ["a", "b"] } },
};

const fileOf = (...items: unknown[]) =>
  JSON.stringify({ totalCount: items.length, items, links: {} }, null, 1);
const idsIn = (text: string) => readOffers(text).offers.map(({ catalogId }) => catalogId);
const refusalOf = (text: string) => readOffers(text).refused;

describe("a record in which everything is right", () => {
  it("becomes an offer, in our words", () => {
    expect(readOffers(fileOf(sound))).toEqual({
      refused: [],
      offers: [
        {
          catalogId: "AB12-SEATS",
          country: "US",
          locale: "en-US",
          name: "Seats, {many} of [them]",
          description: sound.description,
          minimumQuantity: 1,
          maximumQuantity: 300,
          termDuration: "P1Y",
          supportedBillingCycles: ["ANNUAL", "ONE_TIME"],
          billingType: "LICENSE",
          unitType: "Licenses",
          isAddOn: true,
          isTrial: false,
          isAutoRenewable: true,
          isAvailableForPurchase: true,
          prerequisiteCatalogIds: ["CD34-BASE"],
        },
      ],
    });
  });

  it.each([
    [1, "Year", "P1Y"],
    [1, "Month", "P1M"],
    [45, "Day", "P45D"],
    [9999, "Month", "P9999M"],
  ])("with the term %p %s lasts %s", (term, termUnitOfMeasure, duration) => {
    const [offer] = readOffers(fileOf({ ...sound, term, termUnitOfMeasure })).offers;
    expect(offer?.termDuration).toBe(duration);
  });

  it("may stand in a list alone, in a file of another system, behind a byte order mark", () => {
    expect(idsIn(JSON.stringify([sound]))).toEqual(["AB12-SEATS"]);
    expect(idsIn(`\uFEFF${fileOf(sound).replaceAll("\n", "\r\n")}`)).toEqual(["AB12-SEATS"]);
  });
});

describe("a record that breaks a rule", () => {
  it.each<[string, unknown, string]>([
    ["id", "", "id must have 1 to 100 visible ASCII characters, none a space, quotation mark or backslash."],
    [
      "id",
      'a"b',
      "id must have 1 to 100 visible ASCII characters, none a space, quotation mark or backslash.",
    ],
    [
      "id",
      "a\\b",
      "id must have 1 to 100 visible ASCII characters, none a space, quotation mark or backslash.",
    ],
    [
      "id",
      "a b",
      "id must have 1 to 100 visible ASCII characters, none a space, quotation mark or backslash.",
    ],
    [
      "id",
      "x".repeat(101),
      "id must have 1 to 100 visible ASCII characters, none a space, quotation mark or backslash.",
    ],
    ["name", " ", "name must have 1 to 300 characters on one line."],
    ["name", "x".repeat(301), "name must have 1 to 300 characters on one line."],
    ["country", "us", "country must be an ISO 3166-1 alpha-2 code in upper case."],
    ["locale", "english", "locale must be a language tag of at most 10 characters, such as en-US."],
    ["description", null, "description must be text of at most 10000 characters, none a control character."],
    ["minimumQuantity", -1, "minimumQuantity must be a whole number from 0 to 2147483647."],
    ["minimumQuantity", 301, "minimumQuantity must not be greater than maximumQuantity."],
    ["maximumQuantity", 2_147_483_648, "maximumQuantity must be a whole number from 0 to 2147483647."],
    ["maximumQuantity", 1.5, "maximumQuantity must be a whole number from 0 to 2147483647."],
    ["maximumQuantity", "300", "maximumQuantity must be a whole number from 0 to 2147483647."],
    ["term", undefined, "term must be a whole number from 1 to 9999."],
    ["term", 834, "term must be at most 833 where termUnitOfMeasure is Year."],
    ["termUnitOfMeasure", "Week", "termUnitOfMeasure must be Day, Month or Year."],
    ["billing", "gift", "billing must be one of: license, usage, none."],
    ["unitType", "", "unitType must have 1 to 100 characters on one line."],
    ["isTrial", "false", "isTrial must be true or false."],
    ["isAddOn", 0, "isAddOn must be true or false."],
    ["isAutoRenewable", null, "isAutoRenewable must be true or false."],
    ["isAvailableForPurchase", undefined, "isAvailableForPurchase must be true or false."],
    [
      "supportedBillingCycles",
      ["annual", "unknown", "weekly"],
      "supportedBillingCycles must be a list of words out of: monthly, annual, triennial, biennial, one_time, none.",
    ],
    [
      "prerequisiteOffers",
      "cd34-base",
      "prerequisiteOffers must be a list of at most 500 offer ids, each of 1 to 100 visible ASCII characters, none a space, quotation mark or backslash.",
    ],
  ])("%s %p is told with the field and the rule", (field, value, problem) => {
    const [refused] = refusalOf(fileOf({ ...sound, [field]: value }));
    expect(refused?.problems).toEqual([problem]);
  });

  it("is told with everything that is wrong in it, with its line and its id, and the others go in", () => {
    const wrong = { ...sound, id: "wrong", isTrial: 1, term: 0, minimumQuantity: 400 };
    const text = fileOf(sound, wrong, { ...sound, country: "DE" }, 5);
    const lines = text.split("\n");
    expect(idsIn(text)).toEqual(["AB12-SEATS", "AB12-SEATS"]);
    expect(refusalOf(text)).toEqual([
      {
        line: lines.findIndex((line) => line.includes('"wrong"')),
        catalogId: "WRONG",
        problems: [
          "term must be a whole number from 1 to 9999.",
          "isTrial must be true or false.",
          "minimumQuantity must not be greater than maximumQuantity.",
        ],
      },
      { line: lines.indexOf("  5") + 1, problems: ["The record must be an object."] },
    ]);
  });

  it("is also the second one of an id and country, whatever the letter case", () => {
    const text = fileOf({ ...sound, term: 0 }, sound, { ...sound, id: "AB12-Seats" });
    expect(idsIn(text)).toHaveLength(1);
    const [, second] = refusalOf(text);
    expect(second?.problems.join()).toMatch(
      /^id must occur once for each country: the record on line \d+ has/,
    );
  });
});

it("a record that is not JSON is told with its line and the place of the mistake, and the others go in", () => {
  const text = fileOf(sound, { ...sound, id: "broken" }, { ...sound, id: "last" });
  const at = text.indexOf('"Licenses",', text.indexOf('"broken"'));
  const broken = `${text.slice(0, at)}Licenses${text.slice(at + 10)}`;
  const lineOf = (place: number) => text.slice(0, place).split("\n").length;
  expect(idsIn(broken)).toEqual(["AB12-SEATS", "LAST"]);
  expect(refusalOf(broken)).toEqual([
    {
      line: lineOf(text.indexOf('"broken"')) - 1,
      problems: [`Line ${lineOf(at)}, column 16: expected a value.`],
    },
  ]);
});

it("the demo's offers obey the rules of imported ones and are there once in each country", () => {
  const keys = demoOffers.map(({ catalogId, country }) => `${catalogId} ${country}`);
  expect(new Set(keys).size).toBe(keys.length);
  for (const offer of demoOffers) {
    const { catalogId: id, billingType: billing, prerequisiteCatalogIds: prerequisiteOffers } = offer;
    const term = { term: Number(/\d/.exec(offer.termDuration)), termUnitOfMeasure: "Month" };
    const [read] = readOffers(fileOf({ ...offer, ...term, id, billing, prerequisiteOffers })).offers;
    expect({ ...read, termDuration: offer.termDuration }).toEqual(offer);
    for (const needed of prerequisiteOffers) expect(keys).toContain(`${needed} ${offer.country}`);
  }
});

// The publisher's file is not part of the project; where it lies beside it, all of it is read.
const published = join(__dirname, "../../../shared/data/offers-us.json");

if (existsSync(published))
  describe("the publisher's catalogue of the US", () => {
    const { offers, refused } = readOffers(readFileSync(published, "utf8"));

    it("goes in with all of its 274 offers", () => {
      expect(refused).toEqual([]);
      expect(offers).toHaveLength(274);
    });

    it("has terms of a year, a month, 45 days and, for what is billed by usage, 9999 months", () => {
      expect(new Set(offers.map((offer) => offer.termDuration))).toEqual(
        new Set(["P1Y", "P1M", "P45D", "P9999M"]),
      );
      const endless = offers.filter((offer) => offer.termDuration === "P9999M");
      expect(endless).toMatchObject([{ billingType: "USAGE", isAutoRenewable: false }]);
    });
  });

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { getAlpha2Code } from "i18n-iso-countries";

import { isCountryCode } from "../../src/values/country";
import { inSameMarket, regionOf, type Region } from "../../src/values/market";
import { countriesByRegion } from "../../src/values/market-regions";

const listed = Object.values(countriesByRegion).flatMap((codes) => codes.split(" "));

it("a country is in one region only", () => {
  expect(listed.filter((code, place) => listed.indexOf(code) !== place)).toEqual([]);
});

it("every country of a region has a real country code", () => {
  expect(listed.filter((code) => !isCountryCode(code))).toEqual([]);
});

it.each<[string, Region]>([
  ["RE", "AFRICA"],
  ["NC", "AFRICA"],
  ["SG", "ASIA_PACIFIC"],
  ["FJ", "AUSTRALIA"],
  ["PM", "CANADA"],
  ["GB", "EUROPE"],
  ["SJ", "EUROPE"],
  ["KR", "KOREA"],
  ["BQ", "LATIN_AMERICA_CARIBBEAN"],
  ["MF", "LATIN_AMERICA_CARIBBEAN"],
  ["SX", "LATIN_AMERICA_CARIBBEAN"],
  ["ZA", "MIDDLE_EAST_CENTRAL_EASTERN_EUROPE"],
  ["UA", "MIDDLE_EAST_CENTRAL_EASTERN_EUROPE"],
  ["VU", "NEW_ZEALAND"],
  ["GU", "UNITED_STATES"],
])("%s sells in %s", (country, region) => {
  expect(regionOf(country)).toBe(region);
});

it.each(["BY", "CU", "EH", "IR", "KP", "RU", "SD", "SY"])("%s is a country in no region", (country) => {
  expect(isCountryCode(country)).toBe(true);
  expect(regionOf(country)).toBeUndefined();
});

it.each(["us", "USA", "840", "UK", "ZZ", "AN", "", " US", "constructor", "__proto__"])(
  "%p is no country code and in no region",
  (text) => {
    expect(isCountryCode(text)).toBe(false);
    expect(regionOf(text)).toBeUndefined();
  },
);

it.each([
  ["DE", "FR", true],
  ["US", "GU", true],
  ["US", "US", true],
  ["US", "CA", false],
  ["AU", "NZ", false],
  ["DE", "RU", false],
  ["RU", "RU", true],
  ["RU", "BY", false],
])("%s and %s in the same market: %s, whichever comes first", (a, b, same) => {
  expect(inSameMarket(a, b)).toBe(same);
  expect(inSameMarket(b, a)).toBe(same);
});

// The source's list is not part of the project; where it lies beside it, the table is checked against it.
const source = join(__dirname, "../../../shared/data/markets.json");

if (existsSync(source))
  describe("the source's list of markets", () => {
    interface Markets {
      regions: { region: string; members: { name: string }[] }[];
      locales: { country: string; iso2: string }[];
    }
    const regionNames: Partial<Record<string, Region>> = {
      "Asia and Pacific": "ASIA_PACIFIC",
      "Korea, Republic of": "KOREA",
      "Latin America and the Caribbean": "LATIN_AMERICA_CARIBBEAN",
      "Middle East, Central Europe, and Eastern Europe": "MIDDLE_EAST_CENTRAL_EASTERN_EUROPE",
      "New Zealand": "NEW_ZEALAND",
      "United States": "UNITED_STATES",
    };
    const countryNames: Partial<Record<string, string>> = {
      "Hong Kong Special Administrative Region": "HK",
      "Macao Special Administrative Region": "MO",
      "North Macedonia, Republic of": "MK",
      Swaziland: "SZ",
      Saba: "BQ", // the source's own code, XS, is not ISO's
      "Sint Eustatius": "BQ", // nor is XE
    };
    const sourceList = () => {
      const { regions, locales } = JSON.parse(readFileSync(source, "utf8")) as Markets;
      const codes = new Map(locales.map(({ country, iso2 }) => [country, iso2]));
      return regions.flatMap(({ region, members }) =>
        members.map(({ name }) => ({
          name,
          code: countryNames[name] ?? codes.get(name) ?? getAlpha2Code(name, "en") ?? "",
          region: regionNames[region] ?? region.toUpperCase(),
        })),
      );
    };

    it("names each country under the region that we give it", () => {
      expect(sourceList().filter(({ code, region }) => regionOf(code) !== region)).toEqual([]);
    });

    it("names every country that we list", () => {
      const codes = new Set(sourceList().map(({ code }) => code));
      expect(listed.filter((code) => !codes.has(code))).toEqual([]);
    });
  });

import { getAlpha2Codes } from "i18n-iso-countries";

import { countriesByRegion } from "./market-regions";

/** A sales region: the part of the world within which a partner may sell (domain.md 4.1). */
export type Region = keyof typeof countriesByRegion;

/** Not before somebody asks: a start does without the table. */
let countryCodes: Set<string> | undefined;

const regions = new Map<string, Region>(
  (Object.keys(countriesByRegion) as Region[]).flatMap((region) =>
    countriesByRegion[region].split(" ").map((country) => [country, region] as const),
  ),
);

/**
 * Says whether `value` is a country code: ISO 3166-1 alpha-2 in upper case, or XK, the code in general use for Kosovo.
 * Any other text is false: lower case, alpha-3, numeric, blank.
 */
export function isCountryCode(value: string): boolean {
  if (value.length > 2) return false;
  countryCodes ??= new Set(Object.keys(getAlpha2Codes()));
  return countryCodes.has(value);
}

/**
 * Gives the sales region that holds `country` (upper-case ISO 3166-1 alpha-2), for anyone who must know where a
 * partner sells. Undefined for a country that is in no region (BY, CU, EH, IR, KP, RU, SD, SY) and for any other text.
 * Source: domain.md 4.1.
 */
export function regionOf(country: string): Region | undefined {
  return regions.get(country);
}

/**
 * Says whether a partner in one of these countries may have customers in the other (upper-case ISO 3166-1 alpha-2;
 * the order does not matter): both are in one region, or, where neither is in a region, they are the same country.
 * A customer's country is that of its tenant, not of its street address. Source: domain.md 4.1.
 */
export function inSameMarket(a: string, b: string): boolean {
  return a === b || (regions.has(a) && regionOf(a) === regionOf(b));
}

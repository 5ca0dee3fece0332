import { countriesByRegion } from "./market-regions";

/** A sales region: the part of the world within which a partner may sell (docs/sources.md, markets). */
export type Region = keyof typeof countriesByRegion;

const regions = new Map<string, Region>(
  (Object.keys(countriesByRegion) as Region[]).flatMap((region) =>
    countriesByRegion[region].split(" ").map((country) => [country, region] as const),
  ),
);

/**
 * Gives the sales region that holds `country` (upper-case ISO 3166-1 alpha-2), for anyone who must know where a
 * partner sells. Undefined for a country that is in no region (BY, CU, EH, IR, KP, RU, SD, SY) and for any other text.
 * Source: docs/sources.md, markets.
 */
export function regionOf(country: string): Region | undefined {
  return regions.get(country);
}

/**
 * Says whether a partner in one of these countries may have customers in the other (upper-case ISO 3166-1 alpha-2;
 * the order does not matter): both are in one region, or, where neither is in a region, they are the same country.
 * A customer's country is that of its tenant, not of its street address. Source: docs/sources.md, markets.
 */
export function inSameMarket(a: string, b: string): boolean {
  return a === b || (regions.has(a) && regionOf(a) === regionOf(b));
}

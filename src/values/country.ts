import { alpha3ToAlpha2, getAlpha2Codes } from "i18n-iso-countries";

/** Not before somebody asks: a start does without the table. */
let countryCodes: Set<string> | undefined;

/**
 * Says whether `value` is a country code: ISO 3166-1 alpha-2 in upper case, or XK, the code in general use for Kosovo.
 * Any other text is false: lower case, alpha-3, numeric, blank.
 */
export function isCountryCode(value: string): boolean {
  if (value.length > 2) return false;
  countryCodes ??= new Set(Object.keys(getAlpha2Codes()));
  return countryCodes.has(value);
}

/** The longest text that may be the name of a country; longer ones are not looked up. */
const MAX_COUNTRY_NAME_LENGTH = 60;

/** Country codes by the English names of their countries, in letters alone. */
let codesByName: Map<string, string> | undefined;

/**
 * Why a text is no country code, with the code that was probably meant; nothing when it is one. Sources: ISO 3166-1; the English
 * names of the Unicode CLDR, which Node has.
 */
export function countryProblem(country: string): string | undefined {
  if (isCountryCode(country)) return undefined;
  const meant = country.length > MAX_COUNTRY_NAME_LENGTH ? undefined : codeMeantBy(country);
  const hint = meant ? ` Did you mean ${meant}?` : "";
  return `country must be an ISO 3166-1 alpha-2 code in upper case, such as US or DE.${hint}`;
}

/** `us`, `USA`, `United States` and `UNITED_STATES` are all US. */
function codeMeantBy(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  if (isCountryCode(code)) return code;
  const alpha2 = /^[A-Z]{3}$/.test(code) ? alpha3ToAlpha2(code) : undefined;
  if (alpha2 && isCountryCode(alpha2)) return alpha2;
  if (!codesByName) {
    const names = new Intl.DisplayNames("en", { type: "region" });
    const codes = Object.keys(getAlpha2Codes());
    codesByName = new Map(codes.map((each) => [lettersOf(names.of(each) ?? each), each]));
  }
  return codesByName.get(lettersOf(text));
}

function lettersOf(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[^\p{L}]/gu, "")
    .toLowerCase();
}

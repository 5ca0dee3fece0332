import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

// The error-code table's twelve, not the customer pages' twenty-four: domain.md 27 item 6.
const REQUIRED_IN = new Set("AM AZ BY HU IN KG KZ MD RU TJ UA UZ".split(" "));

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,50}$/u;

/**
 * Says in one sentence why `value` will not do as the organization registration number of a customer in `country`
 * (upper-case ISO 3166-1 alpha-2), and what would do; undefined when it will. Required in AM, AZ, BY, HU, IN, KG, KZ,
 * MD, RU, TJ, UA and UZ; elsewhere null and undefined mean "none". In BY it is 9 digits, elsewhere 1 to 50 printable
 * characters that are not all spaces. Source: domain.md 4.3 (600049 missing, 600050 bad format), 27 item 6.
 */
export function registrationNumberProblem(
  country: string,
  value: string | null | undefined,
): string | undefined {
  if (value === null || value === undefined) {
    return REQUIRED_IN.has(country)
      ? `A customer in ${country} needs an organization registration number; give the one its authorities issued.`
      : undefined;
  }
  if (country === "BY" && !/^\d{9}$/.test(value)) {
    return "A registration number in BY (the UNP) is exactly 9 digits; give it without spaces or hyphens.";
  }
  if (!isPrintable(value)) {
    return "A registration number is 1 to 50 printable characters; correct it, or leave it out where none is required.";
  }
  return undefined;
}

/**
 * Says in one sentence why `phone` will not do as the phone number of a customer in `country` (upper-case ISO 3166-1
 * alpha-2), and what would do; undefined when it will. Required in the countries that require a registration number;
 * elsewhere null and undefined mean "none". It is at most 50 characters, written as E.164 or as dialled inside the
 * country, valid there or in a country with the same calling code (KZ and RU share +7). A country without a numbering
 * plan of its own, such as AQ, takes any valid E.164 number. Source: domain.md 4.3 (600051 missing).
 */
export function phoneNumberProblem(country: string, phone: string | null | undefined): string | undefined {
  if (phone === null || phone === undefined) {
    return REQUIRED_IN.has(country)
      ? `A customer in ${country} needs a phone number; give one, best in international form (+49 ...).`
      : undefined;
  }
  return isPrintable(phone) && isPhoneNumberOf(country, phone)
    ? undefined
    : "This is no valid phone number of the customer's country; correct it, best in international form (+49 ...).";
}

function isPhoneNumberOf(country: string, phone: string): boolean {
  const home = isSupportedCountry(country) ? country : undefined;
  // Without `extract: false` a number is found inside any sentence.
  const parsed = parsePhoneNumberFromString(phone, { defaultCountry: home, extract: false });
  if (!parsed?.isValid()) return false;
  // Not "the country itself": a firm in Jersey may well have a British mobile, and 1-800 belongs to no one country.
  return home === undefined || parsed.countryCallingCode === getCountryCallingCode(home);
}

function isPrintable(value: string): boolean {
  return PRINTABLE.test(value) && value.trim() !== "";
}

import { withPlainSpaces } from "../values/pasted-text";
import { internationalForm, phoneNumberProblem } from "../values/phone-number";

// The error-code table's twelve, not the customer pages' twenty-four (docs/sources.md, registration numbers).
const REQUIRED_IN = new Set("AM AZ BY HU IN KG KZ MD RU TJ UA UZ".split(" "));

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,50}$/u;

/** The longest registration number, in characters; its column holds as many. */
export const MAX_REGISTRATION_NUMBER_LENGTH = 50;

/** The spelling under which a registration number is stored: as it was written, with ordinary spaces. */
export function normalizeRegistrationNumber(value: string): string {
  return value.length > 2 * MAX_REGISTRATION_NUMBER_LENGTH ? value : withPlainSpaces(value);
}

/**
 * Says in one sentence why `value` will not do as the organization registration number of a customer in `country`
 * (upper-case ISO 3166-1 alpha-2), and what is accepted; undefined when it will. Required in AM, AZ, BY, HU, IN, KG, KZ,
 * MD, RU, TJ, UA and UZ; elsewhere null and undefined mean "none". In BY it is 9 digits, elsewhere 1 to 50 printable
 * characters that are not all spaces, as normalizeRegistrationNumber gives it. Source: docs/sources.md, registration numbers (600049 missing, 600050 bad format).
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
  if (!PRINTABLE.test(normalizeRegistrationNumber(value))) {
    return "A registration number is 1 to 50 printable characters; correct it, or leave it out where none is required.";
  }
  return undefined;
}

/**
 * Says in one sentence why `phone` will not do as the phone number of a customer in `country` (upper-case ISO 3166-1
 * alpha-2), and what is accepted; undefined when it will. Required in the countries that require a registration number;
 * elsewhere null and undefined mean "none". Otherwise it is what phoneNumberProblem in src/values says. Source: docs/sources.md, registration numbers
 * (600051 missing).
 */
export function customerPhoneProblem(country: string, phone: string | null | undefined): string | undefined {
  if (phone !== null && phone !== undefined) return phoneNumberProblem(country, phone);
  return REQUIRED_IN.has(country)
    ? `A customer in ${country} needs a phone number; give one, best in ${internationalForm(country)}.`
    : undefined;
}

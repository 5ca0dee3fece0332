import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { withPlainSpaces } from "./pasted-text";

/** The longest phone number as it is stored; its column holds as many characters. */
export const MAX_PHONE_NUMBER_LENGTH = 40;

const INVISIBLE = /\p{Cf}/gu;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,50}$/u;

/**
 * The spelling under which a phone number is stored: as it was written, without what nobody sees. Direction marks and other
 * format characters, which programs add when a number is copied, go; every kind of space becomes an ordinary one.
 */
export function normalizePhoneNumber(phone: string): string {
  return withPlainSpaces(phone.replace(INVISIBLE, ""));
}

/**
 * Says in one sentence why a text is no phone number of a country (upper-case ISO 3166-1 alpha-2), and what would be;
 * undefined when it is one. Judges what normalizePhoneNumber gives, whose length the caller checks: written as E.164 or as
 * dialled inside the country, valid there or in a country with the same calling code (KZ and RU share +7). A country without a
 * numbering plan of its own, such as AQ, takes any valid E.164 number. Source: ITU-T E.164, through libphonenumber.
 */
export function phoneNumberProblem(country: string, phone: string): string | undefined {
  if (phone.length > MAX_RAW_LENGTH) return TOO_LONG;
  const number = normalizePhoneNumber(phone);
  if (!PRINTABLE.test(number) || !isPhoneNumberOf(country, number)) {
    return `This is no valid phone number of the customer's country; correct it, best in ${internationalForm(country)}.`;
  }
  return undefined;
}

/**
 * Names the international form of a number of a country (upper-case ISO 3166-1 alpha-2), with the calling code that it begins with;
 * a country without a numbering plan of its own takes the numbers of any other.
 */
export function internationalForm(country: string): string {
  return isSupportedCountry(country)
    ? `international form (+${getCountryCallingCode(country)} ...)`
    : "international form (+ and a calling code)";
}

/** A longer text is none, whatever invisible characters it holds. */
const MAX_RAW_LENGTH = 4 * MAX_PHONE_NUMBER_LENGTH;
const TOO_LONG = `This is no valid phone number of a customer: it has at most ${MAX_PHONE_NUMBER_LENGTH} characters; write it with fewer spaces and signs.`;

function isPhoneNumberOf(country: string, phone: string): boolean {
  const home = isSupportedCountry(country) ? country : undefined;
  // Without `extract: false` a number is found inside any sentence.
  const parsed = parsePhoneNumberFromString(phone, { defaultCountry: home, extract: false });
  if (!parsed?.isValid()) return false;
  // Not "the country itself": a firm in Jersey may well have a British mobile, and 1-800 belongs to no one country.
  return home === undefined || parsed.countryCallingCode === getCountryCallingCode(home);
}

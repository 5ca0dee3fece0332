import type { FieldChecks } from "../errors/field-checks";
import type { CustomerContact } from "../relationships";
import { emailAddressProblem, normalizeEmailAddress } from "../values/email-address";
import { MAX_PHONE_NUMBER_LENGTH, normalizePhoneNumber } from "../values/phone-number";
import {
  customerPhoneProblem,
  normalizeRegistrationNumber,
  registrationNumberProblem,
} from "./registration-number.policy";

/** What a partner says about the person to talk to; an absent field is left alone, null empties it. */
export interface ContactInput {
  contactEmail?: string | null;
  contactPhone?: string | null;
  contactFirstName?: string | null;
  contactMiddleName?: string | null;
  contactLastName?: string | null;
  registrationNumber?: string | null;
}

const NAMES = ["contactFirstName", "contactMiddleName", "contactLastName"] as const;

const trimmed = (text: string) => text.trim();

/** How each field is spelled when it is stored. */
const NORMALIZERS = {
  contactEmail: normalizeEmailAddress,
  contactPhone: normalizePhoneNumber,
  contactFirstName: trimmed,
  contactMiddleName: trimmed,
  contactLastName: trimmed,
  registrationNumber: normalizeRegistrationNumber,
};

/**
 * Notes everything that is wrong with a contact. A registration number and a phone number are required in some
 * countries (docs/sources.md, registration numbers): when the customer is created, and of what an update sends.
 */
export function checkContact(
  checks: FieldChecks,
  input: ContactInput,
  country: string,
  { required }: { required: boolean },
): FieldChecks {
  if (typeof input.contactEmail === "string") {
    checks.field("contactEmail", emailAddressProblem(normalizeEmailAddress(input.contactEmail)));
  }
  if (required || input.contactPhone !== undefined) {
    const problem = customerPhoneProblem(country, input.contactPhone);
    checks.field("contactPhone", problem);
    const stored =
      problem === undefined && input.contactPhone ? normalizePhoneNumber(input.contactPhone) : null;
    checks.text("contactPhone", stored, { max: MAX_PHONE_NUMBER_LENGTH });
  }
  if (required || input.registrationNumber !== undefined) {
    checks.field("registrationNumber", registrationNumberProblem(country, input.registrationNumber));
  }
  for (const name of NAMES) checks.text(name, input[name], { max: 50 });
  return checks;
}

/** The contact's fields that an input sends, as they are stored. */
export function contactOf(input: ContactInput): Partial<CustomerContact> {
  const fields: Partial<CustomerContact> = {};
  for (const name of Object.keys(NORMALIZERS) as (keyof typeof NORMALIZERS)[]) {
    const value = input[name];
    if (value !== undefined) fields[name] = value === null ? null : NORMALIZERS[name](value);
  }
  return fields;
}

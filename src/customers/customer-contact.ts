import type { FieldChecks } from "../errors/field-checks";
import type { CustomerContact } from "../relationships";
import { emailAddressProblem, normalizeEmailAddress } from "./email-address.policy";
import { phoneNumberProblem, registrationNumberProblem } from "./registration-number.policy";

/** What a partner says about the person to talk to; an absent field is left alone, null empties it. */
export interface ContactInput {
  contactEmail?: string | null;
  contactPhone?: string | null;
  contactFirstName?: string | null;
  contactMiddleName?: string | null;
  contactLastName?: string | null;
  registrationNumber?: string | null;
}

/** As much as the column holds; a number that is written with many spaces and hyphens may be longer. */
const LONGEST_PHONE = 40;

const NAMES = ["contactFirstName", "contactMiddleName", "contactLastName"] as const;

/**
 * Notes everything that is wrong with a contact. A registration number and a phone number are required in some
 * countries (domain.md 4.3): when the customer is created, and of what an update sends.
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
    const phone = input.contactPhone?.trim();
    const problem = phoneNumberProblem(country, phone);
    checks.field("contactPhone", problem);
    if (problem === undefined) checks.text("contactPhone", phone, { max: LONGEST_PHONE });
  }
  if (required || input.registrationNumber !== undefined) {
    checks.field("registrationNumber", registrationNumberProblem(country, input.registrationNumber));
  }
  for (const name of NAMES) checks.text(name, input[name], { max: 50 });
  return checks;
}

/** The contact's fields that an input sends, trimmed, as they are stored. */
export function contactOf(input: ContactInput): Partial<CustomerContact> {
  const fields: Partial<CustomerContact> = {};
  for (const name of [...NAMES, "contactPhone", "registrationNumber"] as const) {
    const value = input[name];
    if (value !== undefined) fields[name] = value === null ? null : value.trim();
  }
  const email = input.contactEmail;
  if (email !== undefined) fields.contactEmail = email === null ? null : normalizeEmailAddress(email);
  return fields;
}

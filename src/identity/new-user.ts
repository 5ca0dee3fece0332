import { AdminRole, AgentRole, type User } from "../../entities/identity/user";
import { emailAddressProblem, normalizeEmailAddress } from "../values/email-address";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { userEventPayload } from "./user-event-payload";
import { userErrors } from "./user.errors";
import { findUsersLike, insertUser } from "./user.repository";

/** A person who is to become a user. */
export interface NewPerson {
  email: string;
  displayName: string;
  /** The identity provider's id of the person; without it the e-mail address will tell at the first sign-in. */
  subject?: string | null;
}

/** The names that a new person's fields have in the caller's input. */
export type PersonFields = Record<keyof NewPerson, string>;

/** Those names where the person is the whole input. */
export const DEFAULT_FIELD_NAMES: PersonFields = {
  email: "email",
  displayName: "displayName",
  subject: "subject",
};

/** The longest name of a person, in characters. */
export const MAX_NAME_LENGTH = 200;

/** As long as the subject of a token may be. */
const MAX_SUBJECT_LENGTH = 200;

/** Roles of both axes; what is absent is none. */
export interface Roles {
  agentRoles?: readonly AgentRole[] | null;
  adminRoles?: readonly AdminRole[] | null;
}

/** Roles as they are stored: each once, in the order of their list. */
export function storedRoles({ agentRoles, adminRoles }: Roles): Pick<User, "agentRoles" | "adminRoles"> {
  return {
    agentRoles: Object.values(AgentRole).filter((role) => agentRoles?.includes(role)),
    adminRoles: Object.values(AdminRole).filter((role) => adminRoles?.includes(role)),
  };
}

/** Notes lists of roles that are longer than there are roles. */
export function checkRoles(checks: FieldChecks, { agentRoles, adminRoles }: Roles): FieldChecks {
  return checks
    .list("agentRoles", agentRoles, Object.keys(AgentRole).length)
    .list("adminRoles", adminRoles, Object.keys(AdminRole).length);
}

/** Notes everything that is wrong with a new person. */
export function checkPerson(
  checks: FieldChecks,
  person: NewPerson,
  fields = DEFAULT_FIELD_NAMES,
): FieldChecks {
  return checks
    .field(fields.email, emailAddressProblem(normalizeEmailAddress(person.email)))
    .text(fields.displayName, person.displayName, { max: MAX_NAME_LENGTH })
    .text(fields.subject, person.subject, { max: MAX_SUBJECT_LENGTH });
}

/**
 * Adds a user to an organization and tells its listeners. For other use cases, which have judged who may.
 * @throws USER_EMAIL_TAKEN, USER_SUBJECT_TAKEN the organization has such a user already
 */
export async function addUser(
  tx: Transaction,
  organizationId: string,
  person: NewPerson & Roles,
  fields = DEFAULT_FIELD_NAMES,
): Promise<User> {
  const email = normalizeEmailAddress(person.email);
  const subject = person.subject?.trim() ?? null;
  const alike = await findUsersLike(tx, organizationId, { email, subject });
  new FieldChecks()
    .refusal(
      emailTaken(
        alike.find((user) => user.email === email),
        fields.email,
      ),
    )
    .refusal(
      subjectRefusal(
        alike.find((user) => user.subject === subject && subject !== null),
        fields.subject,
      ),
    )
    .done();
  const displayName = person.displayName.trim();
  const user = await insertUser(tx, { organizationId, email, subject, displayName, ...storedRoles(person) });
  tx.record("user.added", userEventPayload(user), organizationId);
  return user;
}

function emailTaken(user: User | undefined, field: string) {
  if (!user) return undefined;
  return userErrors.USER_EMAIL_TAKEN(
    `Your organization has a user with this e-mail address already; it is ${user.status}. Change or reactivate that one.`,
    { field, details: { existingId: user.id } },
  );
}

function subjectRefusal(user: User | undefined, field: string) {
  return user && subjectTaken(user, field);
}

/** What a caller learns who gives a person a second user in one organization. */
export function subjectTaken(user: User, field = DEFAULT_FIELD_NAMES.subject) {
  return userErrors.USER_SUBJECT_TAKEN(
    `Your organization has a user with this ${field} already; it is ${user.status}. A person has one user.`,
    { field, details: { existingId: user.id } },
  );
}

import { AdminRole, User, UserStatus } from "../../entities/identity/user";
import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { isIdOf } from "../values/ids";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { normalizeEmailAddress } from "../values/email-address";
import type { Transaction } from "../unit-of-work/transaction";
import { FieldChecks } from "../errors/field-checks";
import { findOrganization, organizationErrors } from "../organizations";
import { addUser, checkPerson, type NewPerson, storedRoles, subjectTaken } from "./new-user";
import { userEventPayload } from "./user-event-payload";
import { userErrors } from "./user.errors";
import { begin } from "./user.lifecycle";
import { isGlobalAdmin } from "./user.policy";
import { findUserBySubject, lockUserByEmail } from "./user.repository";

/** Who shall be Global admin of which organization. */
export interface AddGlobalAdmin {
  organizationId: string;
  email: string;
  name: string;
  subject?: string | null;
}

const FIELDS = { email: "email", displayName: "name", subject: "subject" };

/** Everything that is wrong with it, without looking at what there is. */
export function checkGlobalAdmin(input: AddGlobalAdmin): FieldChecks {
  return checkPerson(checkOrganizationId(input.organizationId), personOf(input), FIELDS);
}

/** Checks that a text has the form of the id of a partner or customer, in the field `organizationId`. */
export function checkOrganizationId(organizationId: string): FieldChecks {
  const isOrganization = isIdOf(Partner, organizationId) || isIdOf(Customer, organizationId);
  const rule = "organizationId must be the id of a partner or customer: part_ or cust_ and 26 characters.";
  return new FieldChecks().field("organizationId", isOrganization ? undefined : rule);
}

/**
 * Makes somebody a Global admin: the user of the organization that has this e-mail address, reactivated if need be, or a
 * new one. For the program itself, where no Global admin is left who could.
 * @throws FIELD_INVALID something breaks a rule
 * @throws PARTNER_NOT_FOUND, CUSTOMER_NOT_FOUND there is no such organization
 * @throws USER_EMAIL_TAKEN the user is Global admin already, or signs in with another subject
 * @throws USER_SUBJECT_TAKEN another user of the organization has the subject
 */
export async function addGlobalAdmin(
  ctx: UseCaseContext,
  input: AddGlobalAdmin,
): Promise<{ user: User; isNew: boolean }> {
  checkGlobalAdmin(input).done();
  const { organizationId } = input;
  const add = async (tx: Transaction) => {
    if (!(await findOrganization(tx, organizationId))) throw notFound(organizationId);
    const known = await lockUserByEmail(tx, organizationId, normalizeEmailAddress(input.email));
    if (known) return { user: await promote(tx, known, input.subject?.trim()), isNew: false };
    const roles = { adminRoles: [AdminRole.GLOBAL_ADMIN] };
    return { user: await addUser(tx, organizationId, { ...personOf(input), ...roles }, FIELDS), isNew: true };
  };
  return ctx.transaction(add, { operation: "addGlobalAdmin" });
}

async function promote(tx: Transaction, user: User, subject = user.subject): Promise<User> {
  const refuse = (message: string) =>
    userErrors.USER_EMAIL_TAKEN(message, { field: "email", details: { existingId: user.id } });
  if (user.subject !== null && subject !== user.subject)
    throw refuse("The user with this email signs in with another subject; leave subject out.");
  const { agentRoles, adminRoles } = user;
  const roles = storedRoles({ agentRoles, adminRoles: [...adminRoles, AdminRole.GLOBAL_ADMIN] });
  const status = begin({ subject });
  if (isGlobalAdmin(user) && status === user.status)
    throw refuse(`The user with this email is Global admin already, and ${status}; nothing was changed.`);
  const other =
    subject === user.subject ? null : await findUserBySubject(tx, user.organizationId, subject ?? "");
  if (other) throw subjectTaken(other);
  const before = { ...user };
  const changed = await tx.update(User, user, { ...roles, subject, status });
  for (const type of eventsOf(before)) tx.record(type, userEventPayload(changed), changed.organizationId);
  return changed;
}

/** What became of a user that was not an active Global admin, and is one now. */
function eventsOf(before: User): ("user.reactivated" | "user.updated" | "user.joined")[] {
  const happened: ("user.reactivated" | "user.updated")[] = [];
  if (before.status === UserStatus.INACTIVE) happened.push("user.reactivated");
  if (!isGlobalAdmin(before)) happened.push("user.updated");
  return happened.length > 0 ? happened : ["user.joined"];
}

function personOf({ email, name, subject }: AddGlobalAdmin): NewPerson {
  return { email, displayName: name, subject };
}

function notFound(organizationId: string) {
  const place = { field: "organizationId" };
  return isIdOf(Partner, organizationId)
    ? organizationErrors.PARTNER_NOT_FOUND("There is no partner with this id.", place)
    : organizationErrors.CUSTOMER_NOT_FOUND("There is no customer with this id.", place);
}

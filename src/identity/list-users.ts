import { User, type UserStatus } from "../../entities/identity/user";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Key } from "../database/keyset-order";
import { type KeysetOrder, type Page, readPage } from "../database/paging";
import { and, beginsWith, byIndex, name, sql } from "../database/sql";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { emailAddressPrefix } from "../values/email-address";
import { usersVisibleTo } from "./user.repository";

/** Which users, and which page of them. */
export interface ListUsers extends PageInput {
  status?: UserStatus | null;
  emailStartsWith?: string | null;
}

const BY_AGE: KeysetOrder = { name: "user", column: "id", id: "id", direction: "ASC" };
/** An organization has one user of an address, so the address alone is an order. */
const BY_EMAIL: KeysetOrder = { name: "user by e-mail", column: "email", id: "email", direction: "ASC" };

/**
 * The users of the caller's organization, oldest first; those that are searched by e-mail address by that, since no index
 * has them in another order.
 * @throws FIELD_INVALID `first` or `emailStartsWith` breaks a rule
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listUsers(ctx: UseCaseContext, input: ListUsers): Promise<Page<User>> {
  const { status, emailStartsWith } = input;
  new FieldChecks().text("emailStartsWith", emailStartsWith, { max: 254 }).done();
  const page = pageRequest(input);
  const hint = (condition: string) => byIndex(`user_account_by_organization_id_${condition}`);
  if (emailStartsWith) {
    const beginning = beginsWith(name("email"), emailAddressPrefix(emailStartsWith));
    const found = and(usersVisibleTo(ctx, hint("email")), beginning);
    const rest = status ? sql`+status = ${status}` : undefined;
    const keyOf = ({ email }: User): Key => [email ?? "", email ?? ""];
    return readPage(ctx, User, [found], BY_EMAIL, { page, rest, keyOf });
  }
  const visible = usersVisibleTo(ctx, hint(status ? "status_id" : "id"));
  return readPage(ctx, User, [and(visible, status && sql`status = ${status}`)], BY_AGE, { page });
}

import { User, type UserStatus } from "../../entities/identity/user";
import type { UseCaseContext } from "../context/use-case-context";
import { type KeysetOrder, type Page, readPage } from "../database/paging";
import { and, beginsWith, name, sql } from "../database/sql";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { emailAddressPrefix } from "../values/email-address";
import { usersVisibleTo } from "./user.repository";

/** Which users, and which page of them. */
export interface ListUsers extends PageInput {
  status?: UserStatus | null;
  emailStartsWith?: string | null;
}

const BY_AGE: KeysetOrder = { name: "user", column: "id", id: "id", direction: "ASC" };

/**
 * The users of the caller's organization, oldest first.
 * @throws FIELD_INVALID `first` or `emailStartsWith` breaks a rule
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listUsers(ctx: UseCaseContext, input: ListUsers): Promise<Page<User>> {
  new FieldChecks().text("emailStartsWith", input.emailStartsWith, { max: 254 }).done();
  const page = pageRequest(input);
  const found = and(
    usersVisibleTo(ctx.actor),
    input.status && sql`status = ${input.status}`,
    input.emailStartsWith && beginsWith(name("email"), emailAddressPrefix(input.emailStartsWith)),
  );
  return readPage(ctx, User, found, BY_AGE, { page });
}

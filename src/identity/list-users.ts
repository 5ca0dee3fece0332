import type { User, UserStatus } from "../../entities/identity/user";
import type { UseCaseContext } from "../context/use-case-context";
import { keyset, type KeysetOrder, type Page, pageOf } from "../database/paging";
import type { Reads } from "../database/reads";
import { FieldChecks, type PageInput, pageRequest } from "../errors/field-checks";
import { usersVisibleTo } from "./user.repository";

/** Which users, and which page of them. */
export interface ListUsers extends PageInput {
  status?: UserStatus | null;
  emailStartsWith?: string | null;
}

const BY_AGE: KeysetOrder = { name: "user", column: "person.id", id: "person.id", direction: "ASC" };

/** Greater than every character that an e-mail address may go on with. */
const LAST_CHARACTER = "\u{10FFFF}";

/**
 * The users of the caller's organization, oldest first.
 * @throws FIELD_INVALID `first` or `emailStartsWith` breaks a rule
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listUsers(ctx: UseCaseContext, input: ListUsers): Promise<Page<User>> {
  new FieldChecks().text("emailStartsWith", input.emailStartsWith, { max: 254 }).done();
  const page = pageRequest(input);
  const filtered = (reads: Reads) => {
    const select = usersVisibleTo(ctx.actor, reads);
    if (input.status) select.andWhere("person.status = :status", { status: input.status });
    if (input.emailStartsWith) {
      const from = input.emailStartsWith.trim().toLowerCase();
      select.andWhere("person.email >= :from AND person.email < :to", { from, to: from + LAST_CHARACTER });
    }
    return select;
  };
  const rows = await ctx.read((reads) => keyset(filtered(reads), BY_AGE, page).getMany());
  const count = () => ctx.read((reads) => filtered(reads).getCount());
  return pageOf(rows, BY_AGE, page, ({ id }) => [id, id], count);
}

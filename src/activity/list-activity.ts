import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Page } from "../database/paging";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { type ActivityFilter, checkedFilter } from "./activity-filter";
import { pageOfActivity, resolveNames } from "./activity.repository";
import type { VisibleRecord } from "./visible-record";

/**
 * One page of the caller's organization's activity log, newest first.
 * @throws FIELD_INVALID `from` is after `to`, `first` or a text breaks a rule, or too many customers' names begin with it
 * @throws ID_MALFORMED customerId or userId is no such id
 * @throws CURSOR_INVALID `after` is not a cursor of this list
 */
export async function listActivity(
  ctx: UseCaseContext,
  { first, after, ...filter }: ActivityFilter & PageInput,
): Promise<Page<VisibleRecord>> {
  const checked = checkedFilter(filter, ctx.now());
  const page = pageRequest({ first, after });
  return pageOfActivity(ctx, await resolveNames(ctx, checked), page);
}

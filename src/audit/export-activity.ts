import type { UseCaseContext } from "../context/use-case-context";
import { LARGEST_PAGE } from "../errors/field-checks";
import { type ActivityFilter, checkedFilter } from "./activity-filter";
import { pageOfActivity, resolveNames } from "./activity.repository";
import type { VisibleRecord } from "./visible-record";

/**
 * Everything that a filter finds in the caller's organization's activity log, newest first, a page at a time: the next
 * one is read when it is asked for, so memory and connections do not grow with the log.
 * @throws FIELD_INVALID, ID_MALFORMED as in listActivity, before the first page
 */
export async function* exportActivity(
  ctx: UseCaseContext,
  filter: ActivityFilter,
): AsyncGenerator<VisibleRecord[], void> {
  const resolved = await resolveNames(ctx, checkedFilter(filter, ctx.now()));
  let after: string | null = null;
  do {
    const page = await pageOfActivity(ctx, resolved, { first: LARGEST_PAGE, after });
    yield page.nodes;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}

import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { MAX_PAGE_SIZE } from "../errors/field-checks";
import { type ActivityFilter, checkedFilter } from "./activity-filter";
import { pageOfActivity, type ResolvedFilter, resolveNames } from "./activity.repository";
import type { VisibleRecord } from "./visible-record";

/**
 * Everything that a filter finds in the caller's organization's activity log, newest first, a page at a time: the next
 * one is read when it is asked for, so memory and connections do not grow with the log. The filter is checked at once, and no
 * record is read before the first page is asked for.
 * @throws FIELD_INVALID, ID_MALFORMED as in listActivity
 */
export async function exportActivity(
  ctx: UseCaseContext,
  filter: ActivityFilter,
): Promise<AsyncGenerator<VisibleRecord[], void>> {
  return pagesOf(ctx, await resolveNames(ctx, checkedFilter(filter, ctx.now())));
}

async function* pagesOf(ctx: UseCaseContext, filter: ResolvedFilter): AsyncGenerator<VisibleRecord[], void> {
  let after: string | null = null;
  do {
    const page = await pageOfActivity(ctx, filter, { first: MAX_PAGE_SIZE, after });
    yield page.nodes;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}

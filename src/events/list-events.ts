import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { rightsOnCustomers } from "../database/customer-grants";
import type { Page } from "../database/paging";
import { grantsOf, scopeOf } from "../database/scope";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { ensureOnTimeline, ensureReadable, readCursor } from "./event-cursor";
import { readEventSlice } from "./event-log";
import { customerOf, eventFilter, type EventFilterInput } from "./event-filter";
import type { RecordedEvent } from "./event-map";
import { streamOf } from "./follow-events";
import { settlingCursors } from "./stream-timeline";
import { visibleEvent } from "./visible-event";
import { countEvents } from "./wanted-events";

/**
 * One page of the caller's organization's events, oldest first, beginning with the oldest that is kept where no cursor
 * is given. The cursors are the same ones that live listeners take, with and without filters, so one can read on from here.
 * @throws EVENTS_NO_STREAM the caller belongs to no organization that we know
 * @throws FIELD_INVALID `first` is outside 1..500, or `types` names none
 * @throws ID_MALFORMED customerId is no such id
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE,
 * EVENTS_CURSOR_EXPIRED
 */
export async function listEvents(
  ctx: UseCaseContext,
  { first: wanted, after, ...narrowed }: PageInput & EventFilterInput,
): Promise<Page<RecordedEvent>> {
  const organizationId = streamOf(ctx.actor);
  const { first } = pageRequest({ first: wanted });
  const grants = grantsOf(scopeOf(ctx, "event.read"));
  const filter = { ...eventFilter(narrowed), ...(grants && { grants }) };
  const given = typeof after === "string" ? readCursor(organizationId, after) : undefined;
  const position = given?.position;
  const { events, ends } = await settlingCursors(ctx, async (current) => {
    const eventSlice = await ctx.read((reads) =>
      readEventSlice(reads, organizationId, position ?? 0, first + 1, filter),
    );
    if (given) {
      ensureOnTimeline(organizationId, given, eventSlice.ends);
      ensureReadable(organizationId, given.position, current ?? eventSlice.ends);
    }
    return eventSlice;
  });
  const page = events.slice(0, first);
  const rights = await rightsOnCustomers(ctx, page.map(customerOf));
  const nodes = page.map((event) => visibleEvent(event, rights));
  const isWhole = Object.keys(filter).length === 0;
  return {
    nodes,
    edges: nodes.map((node) => ({ node, cursor: node.cursor })),
    pageInfo: {
      hasNextPage: events.length > first,
      hasPreviousPage: (position ?? 0) > ends.forgottenPosition,
      startCursor: nodes[0]?.cursor ?? null,
      endCursor: nodes[nodes.length - 1]?.cursor ?? null,
    },
    // The whole stream has no gap, so its ends tell its length.
    get totalCount() {
      if (isWhole) return Promise.resolve(ends.lastPosition - ends.forgottenPosition);
      return ctx.read((reads) => countEvents(reads, organizationId, filter));
    },
  };
}

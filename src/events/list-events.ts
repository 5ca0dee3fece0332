import type { UseCaseContext } from "../context/use-case-context";
import type { Page } from "../database/paging";
import { type PageInput, pageRequest } from "../errors/field-checks";
import { positionOfCursor } from "./event-cursor";
import { readEvents, readHeads } from "./event-log";
import type { RecordedEvent } from "./event-map";
import { streamOf } from "./follow-events";

/**
 * One page of the caller's organization's events, oldest first. The cursors are the same ones that live listeners
 * take, so one can read on from here.
 * @throws EVENTS_NO_STREAM the caller belongs to no organization that we know
 * @throws EVENTS_CURSOR_INVALID the cursor is not of this stream
 */
export async function listEvents(ctx: UseCaseContext, input: PageInput): Promise<Page<RecordedEvent>> {
  const organizationId = streamOf(ctx.actor);
  const { first, after } = pageRequest(input);
  const position = typeof after === "string" ? positionOfCursor(organizationId, after) : 0;
  const rows = await ctx.read((reads) => readEvents(reads, organizationId, position, first + 1));
  const nodes = rows.slice(0, first);
  return {
    nodes,
    edges: nodes.map((node) => ({ node, cursor: node.cursor })),
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: position > 0,
      startCursor: nodes[0]?.cursor ?? null,
      endCursor: nodes[nodes.length - 1]?.cursor ?? null,
    },
    // The stream has no gap, so its head is its length.
    get totalCount() {
      return ctx
        .read((reads) => readHeads(reads, [organizationId]))
        .then((heads) => heads.get(organizationId) ?? 0);
    },
  };
}

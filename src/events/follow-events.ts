import { type Actor, organizationOf } from "../access/actor";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { holdsSomewhere } from "../database/customer-grants";
import { eventCursor, FIRST_TIMELINE, positionAfter } from "./event-cursor";
import { type EventFilter, eventFilter, type EventFilterInput, passesFilter } from "./event-filter";
import { readEndsOf } from "./event-log";
import type { RecordedEvent } from "./event-map";
import { eventErrors } from "./event.errors";
import { settlingCursors } from "./stream-timeline";

/** Which events, and after which one. */
export interface FollowEvents extends EventFilterInput {
  /** Cursor of the last event that the listener has. */
  after?: string | null;
}

/** What somebody who may follow events is to be given: a place in a stream, from which an endpoint reads on. */
export class EventsToFollow {
  constructor(
    readonly organizationId: string,
    /** Position of the last event that is not wanted any more. */
    readonly after: number,
    private readonly filter: EventFilter,
    /** The stream's timeline, which the place is of. */
    readonly timeline = FIRST_TIMELINE,
  ) {}

  /** Whether an event of the stream is wanted. */
  wants(event: RecordedEvent): boolean {
    return passesFilter(event, this.filter);
  }

  /** For graphql-js, which asks whether a live field gives a source. Whoever executes live operations reads the log itself. */
  [Symbol.asyncIterator](): never {
    throw new Error("Events are followed by the live endpoints, not by iterating.");
  }
}

/**
 * Finds the place from which the caller's organization's events are to be followed: after the cursor, or from now on.
 * Whatever is committed later than this resolves comes after that place.
 * @throws EVENTS_NO_STREAM the caller belongs to no organization that we know
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE,
 * EVENTS_CURSOR_EXPIRED saying what is wrong with the cursor
 * @throws FIELD_INVALID, ID_MALFORMED the filter is none
 */
export async function followEvents(
  ctx: Pick<UseCaseContext, "actor" | "read" | "transaction" | "log">,
  { after, ...filter }: FollowEvents,
): Promise<EventsToFollow> {
  const organizationId = streamOf(ctx.actor);
  const wanted = eventFilter(filter);
  return settlingCursors(ctx, async (current) => {
    const ends = current ?? (await ctx.read((reads) => readEndsOf(reads, organizationId)));
    const position =
      typeof after === "string" ? positionAfter(organizationId, after, ends) : ends.lastPosition;
    return new EventsToFollow(organizationId, position, wanted, ends.timeline);
  });
}

/**
 * The cursor of the newest event that the caller may read, to begin from now on; of an empty stream, the place before
 * the first event. Nothing for somebody who may not follow events.
 */
export async function newestEventCursor(ctx: UseCaseContext): Promise<string | undefined> {
  const { actor } = ctx;
  const organizationId = organizationOf(actor);
  if (!organizationId || !(await holdsSomewhere(ctx, "event.read"))) return undefined;
  const { lastPosition, timeline } = await ctx.read((reads) => readEndsOf(reads, organizationId));
  return eventCursor(organizationId, lastPosition, timeline);
}

/**
 * The organization whose stream an actor reads.
 * @throws EVENTS_NO_STREAM there is none
 */
export function streamOf(actor: Actor): string {
  const organizationId = organizationOf(actor);
  if (organizationId) return organizationId;
  throw eventErrors.EVENTS_NO_STREAM("Your organization is not known here yet, so it has no events.");
}

import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { eventCursor, positionOfCursor } from "./event-cursor";
import { readHeads } from "./event-log";
import type { EventType, RecordedEvent } from "./event-map";
import { eventErrors } from "./event.errors";

/** Which events of a stream. */
export interface EventFilter {
  types?: readonly EventType[] | null;
  /** Only what concerns this customer. */
  customerId?: string | null;
}

/** Which events, and after which one. */
export interface FollowEvents extends EventFilter {
  /** Cursor of the last event that the listener has. */
  after?: string | null;
}

/** What somebody who may follow events is to be given: a place in a stream, from which a door reads on. */
export class EventsToFollow {
  constructor(
    readonly organizationId: string,
    /** Position of the last event that is not wanted any more. */
    readonly after: number,
    readonly filter: EventFilter,
  ) {}

  /** Whether an event of the stream is wanted. */
  wants(event: RecordedEvent): boolean {
    const { types, customerId } = this.filter;
    if (types && !types.includes(event.type)) return false;
    return typeof customerId !== "string" || ("customerId" in event && event.customerId === customerId);
  }

  /** For graphql-js, which asks whether a live field gives a source. Whoever executes live operations reads the log itself. */
  [Symbol.asyncIterator](): never {
    throw new Error("Events are followed by the live doors, not by iterating.");
  }
}

/**
 * Finds the place from which the caller's organization's events are to be followed: after the cursor, or from now on.
 * Whatever is committed later than this resolves comes after that place.
 * @throws EVENTS_NO_STREAM the caller belongs to no organization that we know
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_AHEAD the cursor is not of this stream
 */
export async function followEvents(
  ctx: Pick<UseCaseContext, "actor" | "read">,
  { after, ...filter }: FollowEvents,
): Promise<EventsToFollow> {
  const organizationId = streamOf(ctx.actor);
  const position = typeof after === "string" ? positionOfCursor(organizationId, after) : undefined;
  const newest = (await ctx.read((reads) => readHeads(reads, [organizationId]))).get(organizationId) ?? 0;
  if (position !== undefined && position > newest) {
    throw eventErrors.EVENTS_CURSOR_AHEAD(
      "`after` is ahead of your newest event. Take the cursor of an event you received.",
      { field: "after" },
    );
  }
  return new EventsToFollow(organizationId, position ?? newest, filter);
}

/**
 * The cursor of the newest event that the caller may read, to begin from now on; of an empty stream, the place before
 * the first event. Nothing for somebody who may not follow events.
 */
export async function newestEventCursor(ctx: UseCaseContext): Promise<string | undefined> {
  const { actor } = ctx;
  const organizationId = organizationOf(actor);
  if (!organizationId || !mayUse(actor, "event.read")) return undefined;
  const heads = await ctx.read((reads) => readHeads(reads, [organizationId]));
  return eventCursor(organizationId, heads.get(organizationId) ?? 0);
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

import { type Actor, organizationOf } from "../access/actor";
import { mayUse } from "../access/allow";
import type { UseCaseContext } from "../context/use-case-context";
import { eventCursor, positionOfCursor } from "./event-cursor";
import { readHeads } from "./event-log";
import type { EventType, RecordedEvent } from "./event-map";
import { eventErrors } from "./event.errors";
import type { LiveTail } from "./live-tail";

/** Which events, and after which one. */
export interface FollowEvents {
  types?: readonly EventType[] | null;
  /** Cursor of the last event that the listener has. */
  after?: string | null;
}

/**
 * Follows the caller's organization's events: those after the cursor first, in order, then live ones.
 * @throws EVENTS_NO_STREAM the caller belongs to no organization that we know
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_AHEAD the cursor is not of this stream
 */
export async function followEvents(
  actor: Actor,
  tail: LiveTail,
  { types, after }: FollowEvents,
): Promise<AsyncIterableIterator<RecordedEvent>> {
  const organizationId = streamOf(actor);
  return tail.follow(organizationId, {
    after: typeof after === "string" ? positionOfCursor(organizationId, after) : undefined,
    types: types ?? undefined,
  });
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

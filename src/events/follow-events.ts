import { type Actor, organizationOf } from "../access/actor";
import { positionOfCursor } from "./event-cursor";
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
    after: after ? positionOfCursor(organizationId, after) : undefined,
    types: types ?? undefined,
  });
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

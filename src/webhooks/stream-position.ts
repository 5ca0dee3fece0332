import { positionOfCursor } from "../events/event-cursor";
import { eventErrors } from "../events/event.errors";

/**
 * The position after which an endpoint gets its organization's events: that of a cursor, or the newest one.
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_AHEAD the cursor is not of this stream
 */
export function positionToBeginAfter(
  organizationId: string,
  after: string | null | undefined,
  newest: number,
): number {
  if (typeof after !== "string") return newest;
  const position = positionOfCursor(organizationId, after);
  if (position <= newest) return position;
  throw eventErrors.EVENTS_CURSOR_AHEAD(
    "`after` is ahead of your newest event. Take the cursor of an event you received.",
    { field: "after" },
  );
}

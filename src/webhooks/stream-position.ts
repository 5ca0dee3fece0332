import { positionAfter, type StreamEnds } from "../events/event-cursor";

/**
 * The position after which an endpoint gets its organization's events: that of a cursor, or the newest one.
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_EXPIRED
 */
export function positionToBeginAfter(
  organizationId: string,
  after: string | null | undefined,
  ends: StreamEnds,
): number {
  return typeof after === "string" ? positionAfter(organizationId, after, ends) : ends.lastPosition;
}

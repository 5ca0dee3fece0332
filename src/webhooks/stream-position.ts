import type { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { positionAfter, type StreamEnds } from "../events/event-cursor";

/** From where on an endpoint gets its organization's events. */
type Begin = Pick<WebhookEndpoint, "deliveredPosition" | "timeline">;

/**
 * The place after which an endpoint gets its organization's events: that of a cursor, or the newest one.
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE,
 * EVENTS_CURSOR_EXPIRED
 */
export function placeToBeginAfter(
  organizationId: string,
  after: string | null | undefined,
  ends: StreamEnds,
): Begin {
  const deliveredPosition =
    typeof after === "string" ? positionAfter(organizationId, after, ends) : ends.lastPosition;
  return { deliveredPosition, timeline: ends.timeline };
}

import { eventErrors } from "./event.errors";

/** A place in one organization's stream, as text that may be handed out: opaque, the same at every door. */
export function eventCursor(organizationId: string, position: number): string {
  return Buffer.from(`${organizationId}:${position}`).toString("base64url");
}

/**
 * The position that a cursor names in this organization's stream.
 * @throws EVENTS_CURSOR_INVALID it is no cursor of this organization's stream
 */
export function positionOfCursor(organizationId: string, cursor: string): number {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const at = text.lastIndexOf(":");
  const position = Number(text.slice(at + 1));
  const isOurs = at > 0 && text.slice(0, at) === organizationId && /^\d{1,15}$/.test(text.slice(at + 1));
  if (!isOurs) {
    throw eventErrors.EVENTS_CURSOR_INVALID(
      "`after` is not a cursor of your organization's events. Take the cursor of an event you received, or leave it out.",
      { field: "after" },
    );
  }
  return position;
}

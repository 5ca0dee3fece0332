import { createHash } from "node:crypto";
import type { DomainError } from "../errors/domain-error";
import { eventErrors } from "./event.errors";

/** Between which positions an organization's events are kept. */
export interface StreamEnds {
  /** The position given out last; 0 before the first. */
  lastPosition: number;
  /** Everything up to this position is no longer kept; 0 while all is. */
  forgottenPosition: number;
}

const WRITTEN = /^([^:]+):(\d{1,15}):[\w-]+$/;
const CHECKSUM_LENGTH = 8;
/** No cursor that is given out is longer: an id, a position and the checksum, in base64. */
const MAX_CURSOR_LENGTH = 100;

/** A place in one organization's stream, as text that may be handed out: opaque, the same at every door. */
export function eventCursor(organizationId: string, position: number): string {
  const place = `${organizationId}:${position}`;
  const checksum = createHash("sha256").update(place).digest("base64url").slice(0, CHECKSUM_LENGTH);
  return Buffer.from(`${place}:${checksum}`).toString("base64url");
}

/**
 * The position that a cursor names in this organization's stream; whether the stream has it is not looked at.
 * @throws EVENTS_CURSOR_INVALID it is no cursor, or not whole
 * @throws EVENTS_CURSOR_FOREIGN it is one of another organization's stream
 */
export function positionOfCursor(organizationId: string, cursor: string): number {
  const text = cursor.length > MAX_CURSOR_LENGTH ? "" : Buffer.from(cursor, "base64url").toString("utf8");
  const [, owner = "", digits] = WRITTEN.exec(text) ?? [];
  const position = Number(digits);
  // Written anew it must be the same text: then neither the checksum nor a single bit of it is wrong.
  if (owner === "" || eventCursor(owner, position) !== cursor) {
    throw eventErrors.EVENTS_CURSOR_INVALID(
      "`after` is not a cursor of events, or not a whole one. Give the cursor of an event as you received it, or leave it out.",
      { field: "after" },
    );
  }
  if (owner === organizationId) return position;
  throw eventErrors.EVENTS_CURSOR_FOREIGN(
    "`after` is a cursor of another organization's events. Take the cursor of an event that you received as this organization.",
    { field: "after" },
  );
}

/**
 * Lets a reader go on after a position only if every event behind it is there to be read.
 * @throws EVENTS_CURSOR_AHEAD the stream has not come so far
 * @throws EVENTS_CURSOR_EXPIRED events after it are no longer kept; details.oldestCursor is the one to go on with
 */
export function ensureReadable(organizationId: string, position: number, ends: StreamEnds): void {
  if (position > ends.lastPosition) {
    throw eventErrors.EVENTS_CURSOR_AHEAD(
      "`after` is ahead of your newest event. Take the cursor of an event you received.",
      { field: "after" },
    );
  }
  if (position < ends.forgottenPosition) {
    throw cursorExpired(
      organizationId,
      ends,
      "Events after `after` are no longer kept. Read the state of things anew by the usual queries, then go on with `after: details.oldestCursor`: behind it come all events that are still kept.",
      "after",
    );
  }
}

/**
 * The position after which the holder of a cursor reads on: the judgement of every door that takes one.
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_EXPIRED
 */
export function positionAfter(organizationId: string, cursor: string, ends: StreamEnds): number {
  const position = positionOfCursor(organizationId, cursor);
  ensureReadable(organizationId, position, ends);
  return position;
}

/** Says that events are missing which are no longer kept, and after which cursor all that are kept come. */
export function cursorExpired(
  organizationId: string,
  { forgottenPosition }: Pick<StreamEnds, "forgottenPosition">,
  message: string,
  field: string,
): DomainError {
  const oldestCursor = eventCursor(organizationId, forgottenPosition);
  return eventErrors.EVENTS_CURSOR_EXPIRED(message, { field, details: { oldestCursor } });
}

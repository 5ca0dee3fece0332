import { createHash } from "node:crypto";
import { DomainError } from "../errors/domain-error";
import { eventErrors } from "./event.errors";

/** Between which positions an organization's events are kept, and on which timeline. */
export interface StreamEnds {
  /** The position given out last; 0 before the first. */
  lastPosition: number;
  /** Everything up to this position is no longer kept; 0 while all is. */
  forgottenPosition: number;
  /** The stream's timeline: FIRST_TIMELINE until it is renewed, then 22 random characters that only the database holds. */
  timeline: string;
}

/**
 * The timeline of a stream whose database was never restored. Its cursors are those of 0.1.0, so that these stay valid, and so
 * that nodes of both versions take each other's during an upgrade (ADR 0036).
 */
export const FIRST_TIMELINE = "";

const TIMELINE_NAME_LENGTH = 8;
const CHECKSUM_LENGTH = 8;
const WRITTEN = /^([^:]+):(\d{1,15})(?::([\w-]{8}))?:[\w-]{8}$/;
/** No cursor that is given out is longer: an id, a position, the name of a timeline and the checksum, in base64. */
const MAX_CURSOR_LENGTH = 100;

/** A cursor that somebody gave: whole as far as can be told without its stream, and of the organization that asks. */
export interface GivenCursor {
  text: string;
  position: number;
  /** The part of its timeline that cursors show; empty for FIRST_TIMELINE. */
  timelineName: string;
}

/**
 * A place in one organization's stream, as text that may be handed out: opaque, the same at every endpoint.
 * @param timeline that of the stream, as the statement that gave the position saw it
 */
export function eventCursor(organizationId: string, position: number, timeline = FIRST_TIMELINE): string {
  const name = nameOf(timeline);
  const place = name === "" ? `${organizationId}:${position}` : `${organizationId}:${position}:${name}`;
  // Only who knows the whole timeline can make a cursor of it, so nobody can pretend that a stream has been set back.
  const hash = createHash("sha256").update(place + timeline);
  return encoded(`${place}:${hash.digest("base64url").slice(0, CHECKSUM_LENGTH)}`);
}

/**
 * Reads a cursor of this organization's stream; whether the stream has that place is for `ensureOnTimeline` and
 * `ensureReadable` to say.
 * @throws EVENTS_CURSOR_INVALID it is no cursor, or not whole
 * @throws EVENTS_CURSOR_FOREIGN it is one of another organization's stream
 */
export function readCursor(organizationId: string, cursor: string): GivenCursor {
  const text = cursor.length > MAX_CURSOR_LENGTH ? "" : Buffer.from(cursor, "base64url").toString("utf8");
  const [, owner = "", digits = "", timelineName = ""] = WRITTEN.exec(text) ?? [];
  const position = Number(digits);
  // Written anew it must be the same text. The checksum of another timeline than the first takes its stream to be checked.
  const isWhole =
    timelineName === ""
      ? eventCursor(owner, position) === cursor
      : String(position) === digits && encoded(text) === cursor;
  if (owner === "" || !isWhole) throw invalidCursor();
  if (owner === organizationId) return { text: cursor, position, timelineName };
  throw eventErrors.EVENTS_CURSOR_FOREIGN(
    "`after` is a cursor of another organization's events. Take the cursor of an event that you received as this organization.",
    { field: "after" },
  );
}

/**
 * Lets a cursor go on only if it is of the timeline that the stream is on.
 * @throws EVENTS_CURSOR_FROM_BEFORE_RESTORE it is of another one
 * @throws EVENTS_CURSOR_INVALID it is not whole, or made up
 */
export function ensureOnTimeline(organizationId: string, given: GivenCursor, ends: StreamEnds): void {
  if (given.timelineName !== nameOf(ends.timeline)) throw fromBeforeRestore(organizationId, ends, "after");
  if (eventCursor(organizationId, given.position, ends.timeline) !== given.text) throw invalidCursor();
}

/**
 * Lets a reader go on after a position only if every event behind it is there to be read.
 * @throws CursorAhead the stream, as this node sees it, has not come so far; see `settleAhead`
 * @throws EVENTS_CURSOR_EXPIRED events after it are no longer kept; details.oldestCursor is the one to go on with
 */
export function ensureReadable(organizationId: string, position: number, ends: StreamEnds): void {
  if (position > ends.lastPosition) throw new CursorAhead(organizationId, position, ends);
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
 * The position after which the holder of a cursor reads on: what every endpoint that takes one goes by.
 * @throws EVENTS_CURSOR_INVALID, EVENTS_CURSOR_FOREIGN, EVENTS_CURSOR_FROM_BEFORE_RESTORE, EVENTS_CURSOR_EXPIRED
 * @throws CursorAhead the stream, as this node sees it, has not come so far; see `settleAhead`
 */
export function positionAfter(organizationId: string, cursor: string, ends: StreamEnds): number {
  const given = readCursor(organizationId, cursor);
  ensureOnTimeline(organizationId, given, ends);
  ensureReadable(organizationId, given.position, ends);
  return given.position;
}

/** What to do about a cursor that the stream's history no longer holds. */
const AFTER_RESTORE =
  "What some of your events told may be undone. Read the current state by the usual queries and correct your copy, then go on with " +
  "`after: details.newestCursor`; or read all events that are kept again, with `after: details.oldestCursor`.";

/**
 * EVENTS_CURSOR_AHEAD: a good cursor of the stream's timeline names a position that the stream has not reached. Either this node
 * lags behind the one that gave the cursor out, or the database was set back to an older copy.
 */
export class CursorAhead extends DomainError {
  constructor(
    readonly organizationId: string,
    readonly position: number,
    readonly ends: StreamEnds,
  ) {
    const { code, kind } = eventErrors.EVENTS_CURSOR_AHEAD("");
    super(
      code,
      kind,
      `Your cursor is ahead of your newest event: the database was set back to an older copy, or the cursor was made up. ${AFTER_RESTORE}`,
      "after",
      placesOf(organizationId, ends),
    );
  }
}

/**
 * Says that a cursor is of a timeline that the stream has left.
 * @param field the argument or input field that named the place; none where a reader is ended in the middle
 */
export function fromBeforeRestore(organizationId: string, ends: StreamEnds, field?: string): DomainError {
  return eventErrors.EVENTS_CURSOR_FROM_BEFORE_RESTORE(
    `The database was restored from an older copy since you got your cursor. ${AFTER_RESTORE}`,
    { field, details: placesOf(organizationId, ends) },
  );
}

/** Says that events are missing which are no longer kept, and after which cursor all that are kept come. */
export function cursorExpired(
  organizationId: string,
  { forgottenPosition, timeline }: Omit<StreamEnds, "lastPosition">,
  message: string,
  field: string,
): DomainError {
  const oldestCursor = eventCursor(organizationId, forgottenPosition, timeline);
  return eventErrors.EVENTS_CURSOR_EXPIRED(message, { field, details: { oldestCursor } });
}

function placesOf(organizationId: string, { lastPosition, forgottenPosition, timeline }: StreamEnds) {
  return {
    oldestCursor: eventCursor(organizationId, forgottenPosition, timeline),
    newestCursor: eventCursor(organizationId, lastPosition, timeline),
  };
}

function nameOf(timeline: string): string {
  return timeline.slice(0, TIMELINE_NAME_LENGTH);
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function invalidCursor(): DomainError {
  return eventErrors.EVENTS_CURSOR_INVALID(
    "`after` is not a cursor of events, or not a whole one. Give the cursor of an event as you received it, or leave it out.",
    { field: "after" },
  );
}

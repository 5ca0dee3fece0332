import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of the event log's readers. */
export const eventErrors = errorCatalogue({
  EVENTS_CURSOR_INVALID: {
    kind: ErrorKind.INVALID,
    meaning: "`after` is no cursor of events, or was cut or changed on the way: give it whole.",
  },
  EVENTS_CURSOR_FOREIGN: {
    kind: ErrorKind.INVALID,
    meaning:
      "`after` is a cursor of another organization's events: take one that you received as the organization you call for.",
  },
  EVENTS_CURSOR_AHEAD: {
    kind: ErrorKind.INVALID,
    details: "EventCursorDetails",
    meaning:
      "`after` names a position that the stream has not reached: the database was set back to an older copy, or the cursor was made up. Go on as after EVENTS_CURSOR_FROM_BEFORE_RESTORE.",
  },
  EVENTS_CURSOR_FROM_BEFORE_RESTORE: {
    kind: ErrorKind.INVALID,
    details: "EventCursorDetails",
    meaning:
      "`after` is from before the database was restored from an older copy; a listener is ended with it when that happens while it listens. Events that you received may not have happened any more. Read the state of things anew and correct your copy, then go on after `details.newestCursor`; or read all kept events again, after `details.oldestCursor`.",
  },
  EVENT_TYPE_UNKNOWN: {
    details: "AllowedValuesDetails",
    kind: ErrorKind.INVALID,
    meaning:
      "There is no such event type. Those there are stand in docs/events.md and in the schema's enum EventType.",
  },
  SLOW_CONSUMER: {
    kind: ErrorKind.LIMITED,
    details: "ListenerDetails",
    meaning:
      "A listener took nothing of what it was sent for ten seconds, and was let go. `details.cursor` is the last event it was sent: begin again after it.",
  },
  EVENTS_CURSOR_EXPIRED: {
    kind: ErrorKind.INVALID,
    details: "EventCursorDetails",
    meaning:
      "Events after this place are no longer kept. Read the state of things anew by the usual queries, then go on after `details.oldestCursor`: behind it come all events that are still kept.",
  },
  EVENTS_NO_STREAM: {
    kind: ErrorKind.FORBIDDEN,
    meaning: "The caller belongs to no organization that we know, so there is no stream to read.",
  },
});

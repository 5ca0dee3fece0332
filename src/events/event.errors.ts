import { ErrorKind, errorCatalogue } from "../errors/domain-error";

/** Codes of the event log's readers. */
export const eventErrors = errorCatalogue({
  EVENTS_CURSOR_INVALID: {
    kind: ErrorKind.INVALID,
    meaning: "`after` is not a cursor of the caller's own event stream.",
  },
  EVENTS_CURSOR_AHEAD: {
    kind: ErrorKind.INVALID,
    meaning:
      "`after` names a position that the stream has not reached: it belongs to another installation or was forged.",
  },
  SLOW_CONSUMER: {
    kind: ErrorKind.LIMITED,
    meaning:
      "A listener took nothing of what it was sent for ten seconds, and was let go. `details.cursor` is the last event it was sent: begin again after it.",
  },
  EVENTS_NO_STREAM: {
    kind: ErrorKind.FORBIDDEN,
    meaning: "The caller belongs to no organization that we know, so there is no stream to read.",
  },
});

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
  EVENTS_NO_STREAM: {
    kind: ErrorKind.FORBIDDEN,
    meaning: "The caller belongs to no organization that we know, so there is no stream to read.",
  },
});

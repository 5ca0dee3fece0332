import { GraphQLError } from "graphql";
import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import { eventErrors } from "../events/event.errors";
import { MAX_STALL_MS } from "./live-sink";

/**
 * SLOW_CONSUMER for a listener that has read nothing for too long, with the cursor after which it can begin again. Where its
 * whole socket is closed, the cursors are with the operations.
 */
export function tooSlow(cursor?: string) {
  return eventErrors.SLOW_CONSUMER(
    `You have read nothing for ${MAX_STALL_MS / 1_000} seconds. Begin again after the cursor in \`details\`: nothing is lost.`,
    cursor === undefined ? {} : { details: { cursor } },
  );
}

/** BAD_REQUEST for a subscription of which `@skip` or `@include` leaves out every field. */
export function nothingSelected(): GraphQLError {
  const originalError = generalErrors.BAD_REQUEST(
    "The subscription selects no field: @skip or @include leaves out the only one. Select it, or do not subscribe.",
  );
  return new GraphQLError("", { originalError });
}

/** UTF-16 code units of an operation's id, which each of its messages repeats. */
export const MAX_ID_LENGTH = 200;

/** BAD_REQUEST for an operation whose id is longer than that. */
export function idTooLong(): GraphQLError {
  const message = `An operation's id has at most ${MAX_ID_LENGTH} characters. Take a shorter one.`;
  return new GraphQLError("", { originalError: generalErrors.BAD_REQUEST(message) });
}

/** RATE_LIMITED for one operation more than a socket may run at once. */
export function tooManyOperations(maximum: number): GraphQLError {
  const message = `One socket runs at most ${maximum} operations at once. Complete one first.`;
  const originalError = generalErrors.RATE_LIMITED(message, { details: { maximum } });
  return new GraphQLError("", { originalError });
}

/** Refuses a connection while the server closes those that it has. */
export function stopping(): DomainError {
  return generalErrors.SERVICE_UNAVAILABLE("The server is stopping. Connect again; another one serves you.", {
    details: { retryAfterSeconds: 1 },
  });
}

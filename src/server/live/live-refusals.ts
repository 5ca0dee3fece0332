import { GraphQLError } from "graphql";
import type { DomainError } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";
import { eventErrors } from "../../events/event.errors";
import { LONGEST_STALL_MS } from "./live-sink";

/** SLOW_CONSUMER for a listener that has read nothing for too long, with the cursor after which it can begin again. */
export function tooSlow(cursor: string) {
  return eventErrors.SLOW_CONSUMER(
    `You have read nothing for ${LONGEST_STALL_MS / 1_000} seconds. Begin again after the cursor in \`details\`: nothing is lost.`,
    { details: { cursor } },
  );
}

/** BAD_REQUEST for a subscription of which `@skip` or `@include` leaves out every field. */
export function nothingSelected(): GraphQLError {
  const originalError = generalErrors.BAD_REQUEST(
    "The subscription selects no field: @skip or @include leaves out the only one. Select it, or do not subscribe.",
  );
  return new GraphQLError("", { originalError });
}

/** Refuses a connection while the server closes those that it has. */
export function stopping(): DomainError {
  return generalErrors.SERVICE_UNAVAILABLE("The server is stopping. Connect again; another one serves you.", {
    details: { retryAfterSeconds: 1 },
  });
}

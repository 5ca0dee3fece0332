/**
 * What sort of refusal it is. INVALID, NOT_FOUND and CONFLICT are expected outcomes of a mutation and become its
 * `userErrors`; the others are top-level errors.
 */
export enum ErrorKind {
  INVALID = "INVALID",
  NOT_FOUND = "NOT_FOUND",
  CONFLICT = "CONFLICT",
  UNAUTHENTICATED = "UNAUTHENTICATED",
  FORBIDDEN = "FORBIDDEN",
  LIMITED = "LIMITED",
  UNAVAILABLE = "UNAVAILABLE",
  INTERNAL = "INTERNAL",
}

/** Facts that help to get out of an error; each is public. */
export interface ErrorDetails {
  /** What stands in the way of a removal: subscriptions that are still active, at most LIST_BOUNDS.blockersOfRefusal. */
  blockers?: { subscriptionId: string; offerName: string; quantity: number }[];
  /** How many stand in the way of a removal, MAX_COUNT + 1 at most. */
  blockerCount?: number;
  /** The row's version now, where the caller had an older one. */
  currentVersion?: number;
  /** The smallest value the rule allows. */
  minimum?: number;
  /** The largest value the rule allows. */
  maximum?: number;
  /** The values that would have been accepted. */
  allowed?: string[];
  /** Until when it would have been allowed. */
  allowedUntil?: string;
  /** The id of the row that is already there. */
  existingId?: string;
  /** The event cursor behind which come all events that are still kept. */
  oldestCursor?: string;
  /** The event cursor of the newest event, behind which comes what is yet to happen. */
  newestCursor?: string;
  /** The roles any one of which is sufficient. */
  roles?: string[];
  /** The permissions that the caller lacks. */
  permissions?: string[];
  /** The permission that was asked for. */
  permission?: string;
  /** The name of the limit that was passed, as in docs/limits.md; `maximum` is its figure. */
  limit?: string;
  /** What was found where `maximum` is the most. */
  found?: number;
  /** Cursor of the last event that a listener was sent. */
  cursor?: string;
  /** After how many seconds to try again. */
  retryAfterSeconds?: number;
}

/** Where the error belongs and what helps. */
export interface ErrorPlace {
  /** Path of the input field within `input`, or the argument's name. */
  field?: string;
  details?: ErrorDetails;
}

/** A refusal with a stable code and a message that may be shown to the caller. */
export class DomainError extends Error {
  override readonly name = "DomainError";

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    readonly field?: string,
    readonly details?: ErrorDetails,
  ) {
    super(message);
  }
}

/** Several refusals of one input, so that a caller sees all of them at once. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";

  constructor(readonly problems: DomainError[]) {
    super(problems.map((problem) => problem.message).join(" "));
  }
}

/** One row of an area's error list. */
export interface ErrorDefinition {
  kind: ErrorKind;
  /** When it is given, and the way out: for the enum's description and docs/error-codes.md. */
  meaning: string;
}

/** Makes one error of a code from its public message. */
export interface ErrorFactory {
  (message: string, place?: ErrorPlace): DomainError;
  readonly code: string;
}

/** Makes the errors of one area: for each code a function that takes the public message. */
export type ErrorCatalogue<Code extends string> = {
  [C in Code]: ErrorFactory;
} & { readonly definitions: Record<Code, ErrorDefinition> };

/** Turns an area's list of codes into functions that make its errors. */
export function errorCatalogue<Code extends string>(
  definitions: Record<Code, ErrorDefinition>,
): ErrorCatalogue<Code> {
  const catalogue: Record<string, unknown> = { definitions };
  for (const code of Object.keys(definitions) as Code[]) {
    const make = (message: string, place: ErrorPlace = {}) =>
      new DomainError(code, definitions[code].kind, message, place.field, place.details);
    catalogue[code] = Object.assign(make, { code });
  }
  return catalogue as ErrorCatalogue<Code>;
}

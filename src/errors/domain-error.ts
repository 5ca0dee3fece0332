import type { AnyDetails, DetailsByKind, DetailsKind } from "./error-details";

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

/** Where the error belongs, and what it tells besides its message. */
export interface ErrorPlace<Details = AnyDetails> {
  /** Path of the input field within `input`, or the argument's name. */
  field?: string;
  details?: Details;
}

/** A refusal with a stable code and a message that may be shown to the caller. */
export class DomainError extends Error {
  override readonly name = "DomainError";

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    readonly field?: string,
    readonly details?: AnyDetails,
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
  /** What its `details` are, where it has some. */
  details?: DetailsKind;
}

type DetailsOf<Definition extends ErrorDefinition> = Definition extends {
  details: infer Kind extends DetailsKind;
}
  ? DetailsByKind[Kind]
  : undefined;

/** Makes one error of a code from its public message. */
export interface ErrorFactory<Details = never> {
  (message: string, place?: ErrorPlace<Details>): DomainError;
  readonly code: string;
}

/** Makes the errors of one area: for each code a function that takes the public message. */
export type ErrorCatalogue<Definitions extends Record<string, ErrorDefinition>> = {
  [Code in keyof Definitions]: ErrorFactory<DetailsOf<Definitions[Code]>>;
} & { readonly definitions: Definitions };

/** Turns an area's list of codes into functions that make its errors. */
export function errorCatalogue<const Definitions extends Record<string, ErrorDefinition>>(
  definitions: Definitions,
): ErrorCatalogue<Definitions> {
  const catalogue: Record<string, unknown> = { definitions };
  for (const [code, { kind }] of Object.entries(definitions)) {
    const make = (message: string, place: ErrorPlace = {}) =>
      new DomainError(code, kind, message, place.field, place.details);
    catalogue[code] = Object.assign(make, { code });
  }
  return catalogue as ErrorCatalogue<Definitions>;
}

import { randomUUID } from "node:crypto";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { databaseRefusal } from "../../database/database-refusal";
import { DomainError, ErrorKind, InvalidInput } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";
import { stoppedReading } from "../limits/limit-refusals";
import { unknownEventType, withoutSuggestions, withoutValues } from "./caller-mistake";

/** What every error outside `userErrors` bears. */
export interface ErrorExtensions extends Record<string, unknown> {
  code: string;
  kind: ErrorKind;
  field?: string;
  details?: object;
  requestId: string;
}

/**
 * The one formatter, for HTTP and WebSocket. A DomainError shows its code and message; a mistake in the document or
 * its variables shows what graphql-js says, or the limit at which it stopped; anything else is INTERNAL with the request id and is logged.
 */
export function formatError(error: unknown, requestId: string, log: Logger): GraphQLFormattedError {
  const outer = error instanceof GraphQLError ? error : undefined;
  const refusal = refusalOf(outer?.originalError ?? error, outer, requestId, log);
  const { code, kind, field, details } = refusal;
  const extensions: ErrorExtensions = {
    code,
    kind,
    ...(field && { field }),
    ...(details && { details }),
    requestId,
  };
  return {
    message: refusal.message,
    ...(outer?.locations && { locations: outer.locations }),
    ...(outer?.path && { path: outer.path }),
    extensions,
  };
}

/** Formats errors for one caller: an anonymous caller is not told which names of the schema it may have meant. */
export function formatErrors(
  errors: readonly unknown[],
  caller: { requestId: string; isSignedIn: boolean },
  log: Logger,
): GraphQLFormattedError[] {
  const told = errors.map((error) => formatError(error, caller.requestId, log));
  if (caller.isSignedIn) return told;
  return told.map((error) => ({ ...error, message: withoutSuggestions(error.message) }));
}

/** A GraphQLError that shows a refusal, for a place where there is no field to throw it from. */
export function asGraphqlError(error: unknown, requestId: string, log: Logger): GraphQLError {
  const { message, extensions } = formatError(error, requestId, log);
  return new GraphQLError(message, { extensions });
}

/** The code and kind under which `formatError` tells an error. */
export function codeOf(error: unknown): Pick<ErrorExtensions, "code" | "kind"> {
  const outer = error instanceof GraphQLError ? error : undefined;
  const cause = outer?.originalError ?? error;
  return refusalIn(cause, outer) ?? databaseRefusal(cause) ?? generalErrors.INTERNAL("");
}

/** What was refused and may be told; nothing where the fault is ours. */
function refusalIn(cause: unknown, outer: GraphQLError | undefined): DomainError | undefined {
  if (cause instanceof DomainError) return cause;
  if (cause instanceof InvalidInput) return combined(cause);
  if (!outer || !isCallersMistake(outer)) return undefined;
  const { message } = outer;
  return (
    stoppedReading(message) ?? unknownEventType(message) ?? generalErrors.BAD_REQUEST(withoutValues(message))
  );
}

function refusalOf(
  cause: unknown,
  outer: GraphQLError | undefined,
  requestId: string,
  log: Logger,
): DomainError {
  const refusal = refusalIn(cause, outer);
  if (refusal) return refusal;
  const ofDatabase = databaseRefusal(cause);
  if (ofDatabase) {
    log.warn({ requestId, err: cause }, "the database cannot do it now");
    return ofDatabase;
  }
  log.error({ requestId, err: cause ?? outer }, "unexpected error");
  return generalErrors.INTERNAL(
    `Something unexpected went wrong. Tell the operator the request id ${requestId}.`,
  );
}

/** Several problems of a query's arguments: a query has no userErrors, so the first one's code and all messages. */
function combined({ problems, message }: InvalidInput): DomainError {
  const [first] = problems;
  if (!first) return generalErrors.FIELD_INVALID(message);
  return new DomainError(first.code, first.kind, message, first.field, first.details);
}

/** Parsing, validation and coercion of variables leave no original error; a thrown exception does. */
function isCallersMistake(error: GraphQLError): boolean {
  if (error.extensions.code === "INTERNAL_SERVER_ERROR") return false;
  return !error.originalError || error.originalError instanceof GraphQLError;
}

/** A request id that a caller sent and that is fit for logs, or a new one. */
export function requestIdOf(sent: unknown): string {
  return typeof sent === "string" && /^[\w.-]{8,64}$/.test(sent) ? sent : randomUUID();
}

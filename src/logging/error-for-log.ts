import type { Redact } from "./redact-text";

/** An error as it stands in the log. Whatever else a library hangs on its errors (parameters, commands, connections) is left out. */
export interface LoggedError {
  type?: string;
  message?: string;
  code?: string;
  /** The statement's text, with placeholders in the place of its parameters. */
  query?: string;
  stack?: string;
  /** What caused it, up to MAX_CAUSES deep; of an AggregateError the first of its errors. */
  cause?: LoggedError;
}

const MAX_CAUSES = 3;

/**
 * The only form in which an error is logged: its type, message, code, statement, stack and causes, each without secrets and without
 * values of rows. Of something thrown that is no error nothing else than these is kept either.
 * @param redact takes secrets out of each text
 */
export function errorForLog(thrown: unknown, redact: Redact, depth = 0): LoggedError {
  if (typeof thrown !== "object" || thrown === null) return {};
  const { name, type = name, message, code, query, stack } = thrown as Record<string, unknown>;
  const texts = { type, message, code, query, stack };
  const told: LoggedError = {};
  for (const [key, value] of Object.entries(texts))
    if (typeof value === "string" && value !== "") told[key as keyof typeof texts] = redact(value);
  const cause = causeOf(thrown);
  if (cause !== undefined && depth < MAX_CAUSES) told.cause = errorForLog(cause, redact, depth + 1);
  return told;
}

function causeOf(thrown: object): unknown {
  const { cause, errors } = thrown as { cause?: unknown; errors?: unknown };
  return cause ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined);
}

import { DomainError, ErrorKind, InvalidInput } from "../../errors/domain-error";

/** With what a command ends; docs/operating.md has the table for operators. The server itself (`serve`) ends with 0 or 1. */
export const ExitCode = {
  /** It was done, and a check found nothing. */
  DONE: 0,
  /** It ran, and the answer is no: a rule refuses it, a check found something, or records were left out. */
  REFUSED: 1,
  /** It could not run: the command line, the configuration, the database or a file is not as it must be. Nothing was changed. */
  COULD_NOT_RUN: 2,
} as const;

/** The exit code for what a command threw: a refusal by a rule is an answer, everything else kept it from running. */
export function exitCodeOf(error: unknown): number {
  const isRefusal =
    error instanceof InvalidInput || (error instanceof DomainError && error.kind !== ErrorKind.UNAVAILABLE);
  return isRefusal ? ExitCode.REFUSED : ExitCode.COULD_NOT_RUN;
}

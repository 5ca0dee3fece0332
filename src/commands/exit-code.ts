import { DomainError, ErrorKind, InvalidInput } from "../errors/domain-error";

/** With what a command ends; docs/operating.md has the table for operators. The server itself (`serve`) ends with 0 or 1. */
export const ExitCode = {
  /** It was done, and a check found nothing. */
  DONE: 0,
  /** It ran, and the answer is no: a rule about what is stored refuses it, a check found something, or records were left out. */
  REFUSED: 1,
  /** It could not run: the command line, the input, the configuration, the database or a file is not as it must be. Nothing was changed. */
  COULD_NOT_RUN: 2,
} as const;

/** Refusals of input that is right in itself. */
const ANSWERS: readonly ErrorKind[] = [ErrorKind.CONFLICT, ErrorKind.FORBIDDEN];

/**
 * The exit code for what a command threw: a refusal because of what is stored is an answer; input that is not right in itself,
 * what it names and is not there, and everything else kept the command from running.
 */
export function exitCodeOf(error: unknown): number {
  const problems: unknown[] = error instanceof InvalidInput ? error.problems : [error];
  const isAnswer = problems.every(
    (problem) => problem instanceof DomainError && ANSWERS.includes(problem.kind),
  );
  return isAnswer ? ExitCode.REFUSED : ExitCode.COULD_NOT_RUN;
}

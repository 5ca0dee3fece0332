import type { OperationTypeNode } from "graphql";
import type { Logger } from "pino";

/** What is written down of an operation that was answered over HTTP. */
export interface Answered {
  requestId: string;
  /** Its name, where the document gives it one. */
  operation: string | null | undefined;
  kind: OperationTypeNode | undefined;
  /** When it came, by `performance.now()`. */
  startedAt: number;
  /** How many errors the answer bears. */
  errors: number;
}

/** Writes the one line that an operation over HTTP leaves in the log. */
export function logAnswered(log: Logger, { startedAt, ...answered }: Answered): void {
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log.info({ ...answered, ms }, "operation");
}

import type { GraphqlContext } from "../../../resolvers/graphql-context";
import type { MeteredOperation } from "../metrics/meter";
import type { Services } from "../services";

/** UTF-16 code units of an operation's name in the log. */
const MAX_LOGGED_NAME = 200;

/** Counts an operation that was answered over HTTP, and writes the one line that it leaves in the log. */
export function logAnswered(
  { log, meter }: Pick<Services, "log" | "meter">,
  { requestId, refusedWith }: GraphqlContext,
  answered: Omit<MeteredOperation, "refusedWith">,
): void {
  const { operation, startedAt, errors } = answered;
  meter.operation({ ...answered, refusedWith });
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  log.info(
    {
      requestId,
      // One that was refused may have a name of any length.
      operation: operation?.name?.value.slice(0, MAX_LOGGED_NAME) ?? null,
      kind: operation?.operation,
      ms,
      errors: errors?.length ?? 0,
    },
    "operation",
  );
}

import type { GraphqlContext } from "../../../resolvers/graphql-context";
import type { MeteredOperation } from "../metrics/meter";
import type { Services } from "../services";

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
      operation: operation?.name?.value ?? null,
      kind: operation?.operation,
      ms,
      errors: errors?.length ?? 0,
    },
    "operation",
  );
}

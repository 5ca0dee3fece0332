import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult } from "graphql";
import { getOperationAST, type OperationTypeNode } from "graphql";
import type { GraphqlContext } from "../../resolvers/graphql-context";
import { formatError } from "../transport/graphql/error-format";
import { withinLength } from "../transport/limits/answer-size";
import type { CostReport } from "../transport/limits/operation-guard";
import type { Services } from "../transport/services";

/** An operation that may be executed, and what it costs. */
export interface Prepared {
  args: ExecutionArgs & { contextValue: GraphqlContext };
  cost: CostReport;
  /** When it arrived, by `performance.now()`. */
  startedAt: number;
}

/** Whether it is a query, a mutation or a live operation. */
export function kindOf({ document, operationName }: ExecutionArgs): OperationTypeNode | undefined {
  return getOperationAST(document, operationName)?.operation;
}

/** A result as its listener gets it: errors by the one formatter, the cost beside them. */
export function shown(
  { log, maxAnswerBytes }: Pick<Services, "log" | "maxAnswerBytes">,
  executed: ExecutionResult | FormattedExecutionResult,
  { requestId, cost }: { requestId: string; cost: CostReport },
): FormattedExecutionResult {
  const result: ExecutionResult | FormattedExecutionResult = withinLength(executed, cost, maxAnswerBytes);
  const { errors, extensions } = result;
  return {
    ...result,
    ...(errors && { errors: errors.map((error) => formatError(error, requestId, log)) }),
    extensions: { ...extensions, cost },
  };
}

/** What is told of the cost with each event: it was paid at the beginning. */
export function eachCost({ requested, maximum }: CostReport): CostReport {
  return { requested, maximum };
}

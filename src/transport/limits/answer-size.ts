import { type ExecutionResult, GraphQLError } from "graphql";
import { VALUE_LENGTH } from "../execution/execution";
import type { AnswerLength } from "../execution/prepared-operation";
import { tooLarge } from "./limit-refusals";
import type { CostReport } from "./operation-guard";

/** Points up to which an answer is not measured before it is made: so few objects fit into some megabytes. */
const SMALL = 50;

/**
 * Refuses the answer of an operation that was carried out, where it is longer than one connection may have unread. Looks
 * before the answer is made into one text, which would take several times its length of memory.
 * @param maximum bytes of the texts, names and values in it
 * @param counted what was counted while it was carried out, which saves measuring it where that is little enough
 * @returns the result, or the refusal as a result without data
 */
export function withinLength<Result extends Pick<ExecutionResult, "data">>(
  result: Result,
  { requested }: Pick<CostReport, "requested">,
  maximum: number,
  counted?: AnswerLength,
): Result | { errors: GraphQLError[] } {
  if (requested <= SMALL || (counted?.atMost ?? NaN) <= maximum || remaining(result.data, maximum) >= 0)
    return result;
  return { errors: [new GraphQLError("", { originalError: tooLarge({ limit: "answer", maximum }) })] };
}

/** What is left of a length when a value has been taken from it; stops when nothing is left. */
function remaining(value: unknown, length: number): number {
  if (typeof value === "string") return length - Buffer.byteLength(value) - VALUE_LENGTH;
  let left = length - VALUE_LENGTH;
  if (typeof value !== "object" || value === null) return left;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      left = remaining(item, left);
      if (left < 0) return left;
    }
    return left;
  }
  for (const key in value) {
    left = remaining((value as Record<string, unknown>)[key], left - key.length);
    if (left < 0) return left;
  }
  return left;
}

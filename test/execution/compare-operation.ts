import { execute, type ExecutionArgs, type ExecutionResult } from "graphql";
import { DomainError } from "../../src/errors/domain-error";
import type { CompiledOperations } from "../../src/transport/graphql/compiled-operations";
import type { AnswerLength } from "../../src/transport/execution/prepared-operation";
import { withinLength } from "../../src/transport/limits/answer-size";
import { type Difference, differencesBetween } from "./differences";
import { observe, type Observation } from "./observe-execution";
import type { GeneratedOperation } from "./operation-generator";
import { hashOf } from "./random";
import type { RecordingSchema } from "./recording-schema";
import type { VariableValues } from "./variable-values";

/** A difference, and what to execute to see it again. */
export interface FoundDifference extends Difference {
  text: string;
  operationName: string | undefined;
  variables: VariableValues;
  /** Which execution of the operation it was; 1 is the first. */
  time: number;
  contextSeed: number;
}

/** One execution of a sequence: which values, and which resolvers. */
interface Step {
  variables: VariableValues;
  contextSeed: number;
}

/**
 * Executes an operation by graphql-js and by the executor under test: the first values at the 1st, 2nd and last time, with
 * other values and other resolvers in between. Returns the first difference of each kind: one must not hide the others.
 */
export async function compareOperation(
  { schema, recorder }: RecordingSchema,
  compiled: CompiledOperations,
  operation: GeneratedOperation,
  seed: number,
): Promise<FoundDifference[]> {
  const { text, document, operationName } = operation;
  const references = new Map<Step, Observation>();
  const observeStep = (step: Step, run: (args: ExecutionArgs) => ReturnType<typeof execute>) => {
    const context = recorder(step.contextSeed);
    const { variables: variableValues } = step;
    const args = {
      schema,
      document,
      operationName,
      rootValue: context.root,
      contextValue: context,
      variableValues,
    };
    return observe(() => run(args), context);
  };
  const found = new Map<string, FoundDifference>();
  for (const [at, step] of stepsOf(operation, seed).entries()) {
    const reference = references.get(step) ?? (await observeStep(step, execute));
    references.set(step, reference);
    const answerLength: AnswerLength = {};
    const actual = await observeStep(step, (args) => compiled.execute({ ...args, answerLength }));
    for (const difference of [...differencesBetween(reference, actual), ...tooShort(answerLength, actual)])
      if (!found.has(difference.kind))
        found.set(difference.kind, { ...difference, text, operationName, ...step, time: at + 1 });
  }
  return [...found.values()];
}

/** What the executor counts must be no less than the answer's length, or a long one would be made into one text. */
function tooShort({ atMost = NaN }: AnswerLength, { result }: Observation): Difference[] {
  if (Number.isNaN(atMost)) return [];
  const { errors } = withinLength(result as ExecutionResult, { requested: Infinity }, atMost);
  return errors?.[0]?.originalError instanceof DomainError
    ? [{ kind: "length of the answer", expected: "more", actual: `at most ${atMost}` }]
    : [];
}

function stepsOf({ valid, invalid }: GeneratedOperation, seed: number): Step[] {
  const step = (variables: VariableValues | undefined, context: number): Step => ({
    variables: variables ?? {},
    contextSeed: hashOf(seed, context),
  });
  const first = step(valid[0], 0);
  return [
    first,
    first,
    step(valid[1], 0),
    ...invalid.map((variables) => step(variables, 0)),
    step(valid[0], 1),
    step(valid[2], 2),
    first,
  ];
}

import {
  type DirectiveNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from "graphql";
import { collectFields } from "graphql/execution/collectFields";
import { BoundedCache } from "../../context/bounded-cache";
import { CollectedErrors } from "./collected-errors";
import { type Execution, isPromise, type OperationParts, VALUE_LENGTH } from "./execution";
import { ObjectPlan } from "./object-plan";
import { type Coercion, OperationVariables } from "./variable-values";

/** What differs between executions of one operation. */
export type ExecutionInputs = Pick<ExecutionArgs, "rootValue" | "contextValue" | "variableValues"> & {
  /** What `variableValues` came to, where they were coerced for this operation before. */
  coercion?: Coercion;
  /** Is told how long the response is at most, where that was counted. */
  answerLength?: AnswerLength;
};

/** Bytes of a response as JSON. */
export interface AnswerLength {
  /** It has no more; undefined where that is not known. */
  atMost?: number;
}

/** Plans kept for one operation: one for each combination of directive values that callers send. */
const MAX_PLANS = 8;

/**
 * One operation of a valid document, prepared for being executed often: which fields a selection has, and how each is
 * resolved and completed, is found out once and not for each row. Variables, arguments, directives, fragments and errors are
 * left to the functions of graphql-js, so that the answers are the same.
 */
export class PreparedOperation {
  private readonly parts: OperationParts;
  /** The variables that `@skip` and `@include` depend on. */
  private readonly conditions: readonly string[];
  private readonly variables: OperationVariables;
  private readonly plans = new BoundedCache<string, ObjectPlan>({ maxEntries: MAX_PLANS });

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    this.parts = { schema, operation, fragments };
    this.conditions = conditionsOf(this.parts);
    this.variables = new OperationVariables(schema, operation.variableDefinitions ?? []);
  }

  /**
   * Executes the operation as `execute` of graphql-js does. Undefined, with nothing done yet, where a directive's variable
   * is not a boolean: graphql-js then has to say where that is an error.
   */
  execute(inputs: ExecutionInputs): ExecutionResult | Promise<ExecutionResult> | undefined {
    const { coerced, errors } = inputs.coercion ?? this.variables.coerce(inputs.variableValues ?? {});
    if (!coerced) return { errors: errors };
    const plan = this.planFor(coerced);
    if (!plan) return undefined;
    const { rootValue, contextValue } = inputs;
    const collected = new CollectedErrors();
    return run(plan, inputs.answerLength, {
      parts: this.parts,
      rootValue,
      contextValue,
      variableValues: coerced,
      errors: collected,
      knownArguments: new Map(),
      maxLength: VALUE_LENGTH,
    });
  }

  private planFor(variableValues: Record<string, unknown>): ObjectPlan | undefined {
    let key = "";
    for (const name of this.conditions) {
      const value = variableValues[name];
      if (typeof value !== "boolean") return undefined;
      key += value ? "1" : "0";
    }
    const known = this.plans.get(key);
    if (known) return known;
    const { schema, operation, fragments } = this.parts;
    const type = schema.getRootType(operation.operation);
    if (!type) return undefined;
    const { selectionSet } = operation;
    const plan = new ObjectPlan(
      this.parts,
      type,
      collectFields(schema, fragments, variableValues, type, selectionSet),
    );
    this.plans.set(key, plan);
    return plan;
  }
}

function run(
  plan: ObjectPlan,
  length: AnswerLength | undefined,
  execution: Execution,
): ExecutionResult | Promise<ExecutionResult> {
  const { errors, rootValue, parts } = execution;
  const complete = (data: Record<string, unknown>): ExecutionResult => {
    if (length) length.atMost = execution.maxLength;
    return responseOf(data, errors);
  };
  const nothing = (error: unknown): ExecutionResult => {
    errors.add(error as GraphQLError, undefined);
    return responseOf(null, errors);
  };
  try {
    const isMutation = parts.operation.operation === OperationTypeNode.MUTATION;
    const data = isMutation
      ? plan.executeSerially(execution, rootValue)
      : plan.execute(execution, rootValue, undefined);
    return isPromise(data) ? data.then(complete, nothing) : complete(data);
  } catch (error) {
    return nothing(error);
  }
}

function responseOf(data: Record<string, unknown> | null, { all }: CollectedErrors): ExecutionResult {
  return all.length === 0 ? { data } : { errors: all, data };
}

/** The variables in the directives of an operation and of the fragments that it reaches. */
function conditionsOf({ operation, fragments }: OperationParts): string[] {
  const found = new Set<string>();
  const waiting: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  const reached = new Set<string>();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    visit(next, {
      Directive: (directive) => conditionIn(directive, found),
      FragmentSpread: ({ name: { value: name } }) => {
        const fragment = fragments[name];
        if (!fragment || reached.has(name)) return;
        reached.add(name);
        waiting.push(fragment);
      },
    });
  }
  return [...found];
}

function conditionIn({ arguments: given = [] }: DirectiveNode, found: Set<string>): void {
  for (const { value } of given) if (value.kind === Kind.VARIABLE) found.add(value.name.value);
}

import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import type { CollectedErrors } from "./collected-errors";
import type { FieldPlan } from "./field-plan";

/** What stays the same in every execution of an operation. */
export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  /** The fragments of the document by name; an object without a prototype. */
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** One execution of an operation: what its fields are resolved with, and the errors so far. */
export interface Execution {
  readonly parts: OperationParts;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  /** Coerced by graphql-js: defaults are in it, and a variable that was left out has no property. */
  readonly variableValues: Record<string, unknown>;
  readonly errors: CollectedErrors;
  /** Arguments of fields that are resolved once for each row, coerced once; only ones whose values are all primitive. */
  readonly knownArguments: Map<FieldPlan, Record<string, unknown>>;
}

/** Whether graphql-js would wait for a value. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

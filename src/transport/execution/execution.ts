import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from "graphql";
import type { CollectedErrors, ResponsePath } from "./collected-errors";

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
  readonly knownArguments: Map<ExecutedField, Record<string, unknown>>;
  /** The most bytes that what is in the response so far can have as JSON; NaN where a value may be an object of any size. */
  maxLength: number;
}

/** Bytes of a value in JSON that is no text, and of what stands around each value, about. */
export const VALUE_LENGTH = 6;
/** The most bytes of a UTF-16 code unit in UTF-8. */
const MAX_UNIT_LENGTH = 3;

/** Adds a scalar or an enum value to the length of the response; what stands around it is counted with its field or list. */
export function countLeaf(execution: Execution, value: unknown): void {
  if (typeof value === "string") execution.maxLength += MAX_UNIT_LENGTH * value.length;
  else if (typeof value === "object") execution.maxLength = NaN;
}

/** One response name of one object type, as an operation selects it. */
export interface ExecutedField {
  readonly parts: OperationParts;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  /** All nodes that stand for it; their selections are merged. */
  readonly fieldNodes: readonly FieldNode[];
  /** What graphql-js hands to resolvers about the field; `valuePath` may be that of an item in its list. */
  infoFor(execution: Execution, valuePath: ResponsePath): GraphQLResolveInfo;
}

/** Makes of what a resolver returned what the response has: a value, null, or a promise of it. */
export type Complete = (execution: Execution, path: ResponsePath, value: unknown) => unknown;

/** Makes the function that completes the objects of one type that a field returns. */
export type ObjectCompleterFactory = (field: ExecutedField, type: GraphQLObjectType) => Complete;

/** Whether graphql-js would wait for a value. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

/**
 * The value of a position that failed: null, and the error is collected.
 * @throws GraphQLError the position must not be null, so that its parent becomes null
 */
export function nullAfter(
  thrown: unknown,
  { fieldNodes }: Pick<ExecutedField, "fieldNodes">,
  { errors }: Execution,
  { path, isNullable }: { path: ResponsePath; isNullable: boolean },
): null {
  const error = locatedError(thrown, fieldNodes, responsePathAsArray(path));
  if (!isNullable) throw error;
  errors.add(error, path);
  return null;
}

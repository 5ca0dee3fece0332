import {
  type FieldNode,
  GraphQLBoolean,
  GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
} from "graphql";
import { collectSubfields } from "graphql/execution/collectFields";
import { inspect } from "graphql/jsutils/inspect";
import { completeAbstract } from "./complete-abstract";
import type { ResponsePath } from "./collected-errors";
import { type Execution, isPromise } from "./execution";
import type { FieldPlan } from "./field-plan";
import { ObjectPlan } from "./object-plan";

/** Makes of what a resolver returned what the response has: a value, null, or a promise of it. */
export type Complete = (execution: Execution, path: ResponsePath, value: unknown) => unknown;

/** Makes the function that completes a field's values of a type, as `completeValue` of graphql-js does. */
export function completerOf(field: FieldPlan, type: GraphQLOutputType): Complete {
  if (!isNonNullType(type)) return nullableCompleterOf(field, type);
  const complete = nullableCompleterOf(field, type.ofType);
  const { parentType, definition } = field;
  const message = `Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`;
  return (execution, path, value) => {
    const completed = complete(execution, path, value);
    if (completed === null) throw new Error(message);
    return completed;
  };
}

/** Whether a value that is no promise is what the response has, whoever made it: most leaves are such. */
export function isFinished(value: unknown, type: GraphQLOutputType): boolean {
  const named = isNonNullType(type) ? type.ofType : type;
  switch (typeof value) {
    case "string":
      return named === GraphQLString || named === GraphQLID;
    case "boolean":
      return named === GraphQLBoolean;
    default:
      return value === null && named === type;
  }
}

type NullableType = Exclude<GraphQLOutputType, { ofType: unknown }> | GraphQLList<GraphQLOutputType>;

function nullableCompleterOf(field: FieldPlan, type: GraphQLOutputType): Complete {
  const complete = presentCompleterOf(field, type as NullableType);
  return (execution, path, value) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(execution, path, value);
  };
}

function presentCompleterOf(field: FieldPlan, type: NullableType): Complete {
  if (isListType(type)) return listCompleterOf(field, type);
  if (isLeafType(type)) return (_execution, _path, value) => serialize(type, value);
  const objects = new ObjectCompleters(field);
  if (isObjectType(type)) return objects.of(type);
  if (!isAbstractType(type)) throw new Error(`A field cannot return ${inspect(type)}.`);
  return completeAbstract(field, type, (runtimeType) => objects.of(runtimeType));
}

function listCompleterOf(field: FieldPlan, { ofType: itemType }: GraphQLList<GraphQLOutputType>): Complete {
  const complete = completerOf(field, itemType);
  const { parentType, definition, fieldNodes } = field;
  const notIterable = `Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`;
  const isNullable = !isNonNullType(itemType);
  const nullAfter = (thrown: unknown, execution: Execution, path: ResponsePath) => {
    const error = locatedError(thrown, fieldNodes, responsePathAsArray(path));
    if (!isNullable) throw error;
    execution.errors.add(error, path);
    return null;
  };
  const completeItem = (execution: Execution, path: ResponsePath, item: unknown): unknown => {
    try {
      const completed: unknown = isPromise(item)
        ? item.then((value) => complete(execution, path, value))
        : complete(execution, path, item);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => nullAfter(error, execution, path));
    } catch (error) {
      return nullAfter(error, execution, path);
    }
  };
  return (execution, path, value) => {
    if (!isIterableObject(value)) throw new GraphQLError(notIterable);
    let containsPromise = false;
    const items = Array.from(value, (item, index) => {
      const itemPath = { prev: path, key: index, typename: undefined };
      const completed = completeItem(execution, itemPath, item);
      if (isPromise(completed)) containsPromise = true;
      return completed;
    });
    return containsPromise ? Promise.all(items) : items;
  };
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized === null || serialized === undefined) {
    const call = `${inspect(type)}.serialize(${inspect(value)})`;
    const got = inspect(serialized);
    throw new Error(`Expected \`${call}\` to return non-nullable value, returned: ${got}`);
  }
  return serialized;
}

/** Completes objects of a field by the plan of their type, which is made when the first such object comes. */
class ObjectCompleters {
  private readonly known = new Map<GraphQLObjectType, Complete>();

  constructor(private readonly field: FieldPlan) {}

  of(type: GraphQLObjectType): Complete {
    const known = this.known.get(type) ?? objectCompleterOf(this.field, type);
    this.known.set(type, known);
    return known;
  }
}

function objectCompleterOf(field: FieldPlan, type: GraphQLObjectType): Complete {
  const { fieldNodes } = field;
  let plan: ObjectPlan | undefined;
  const execute = (execution: Execution, path: ResponsePath, value: unknown) =>
    (plan as ObjectPlan).execute(execution, value, path);
  const wrongType = (value: unknown) =>
    new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, {
      nodes: fieldNodes,
    });
  return (execution, path, value) => {
    plan ??= planFor(execution, field, type);
    if (!type.isTypeOf) return execute(execution, path, value);
    const info = field.infoFor(execution, path);
    const isOfType = type.isTypeOf(value, execution.contextValue, info);
    if (isPromise(isOfType)) {
      return isOfType.then((found) => {
        if (!found) throw wrongType(value);
        return execute(execution, path, value);
      });
    }
    if (!isOfType) throw wrongType(value);
    return execute(execution, path, value);
  };
}

function planFor({ variableValues, parts }: Execution, { fieldNodes }: FieldPlan, type: GraphQLObjectType) {
  const nodes = fieldNodes as FieldNode[];
  return new ObjectPlan(
    parts,
    type,
    collectSubfields(parts.schema, parts.fragments, variableValues, type, nodes),
  );
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as never)[Symbol.iterator] === "function"
  );
}

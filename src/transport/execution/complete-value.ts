import {
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect";
import { completeAbstract } from "./complete-abstract";
import type { ResponsePath } from "./collected-errors";
import {
  type Complete,
  countLeaf,
  type ExecutedField,
  type Execution,
  isPromise,
  nullAfter,
  type ObjectCompleterFactory,
  VALUE_LENGTH,
} from "./execution";

/** Makes the function that completes a field's values of a type, as `completeValue` of graphql-js does. */
export function completerOf(
  field: ExecutedField,
  type: GraphQLOutputType,
  objects: ObjectCompleterFactory,
): Complete {
  if (!isNonNullType(type)) return nullableCompleterOf(field, type, objects);
  const complete = nullableCompleterOf(field, type.ofType, objects);
  const { parentType, definition } = field;
  const message = `Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`;
  return (execution, path, value) => {
    const completed = complete(execution, path, value);
    if (completed === null) throw new Error(message);
    return completed;
  };
}

type NullableType = Exclude<GraphQLOutputType, { ofType: unknown }> | GraphQLList<GraphQLOutputType>;

function nullableCompleterOf(
  field: ExecutedField,
  type: GraphQLOutputType,
  objects: ObjectCompleterFactory,
): Complete {
  const complete = presentCompleterOf(field, type as NullableType, objects);
  return (execution, path, value) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(execution, path, value);
  };
}

function presentCompleterOf(
  field: ExecutedField,
  type: NullableType,
  objects: ObjectCompleterFactory,
): Complete {
  if (isListType(type)) return listCompleterOf(field, type, objects);
  if (isLeafType(type))
    return (execution, _path, value) => {
      const serialized = serialize(type, value);
      countLeaf(execution, serialized);
      return serialized;
    };
  if (isObjectType(type)) return objects(field, type);
  if (!isAbstractType(type)) throw new Error(`A field cannot return ${inspect(type)}.`);
  const known = new Map<GraphQLObjectType, Complete>();
  return completeAbstract(field, type, (runtimeType) => {
    const complete = known.get(runtimeType) ?? objects(field, runtimeType);
    known.set(runtimeType, complete);
    return complete;
  });
}

function listCompleterOf(
  field: ExecutedField,
  { ofType: itemType }: GraphQLList<GraphQLOutputType>,
  objects: ObjectCompleterFactory,
): Complete {
  const complete = completerOf(field, itemType, objects);
  const { parentType, definition } = field;
  const notIterable = `Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`;
  const isNullable = !isNonNullType(itemType);
  const completeItem = (execution: Execution, path: ResponsePath, item: unknown): unknown => {
    try {
      const completed: unknown = isPromise(item)
        ? item.then((value) => complete(execution, path, value))
        : complete(execution, path, item);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) =>
        nullAfter(error, field, execution, { path, isNullable }),
      );
    } catch (error) {
      return nullAfter(error, field, execution, { path, isNullable });
    }
  };
  return (execution, path, value) => {
    if (!isIterableObject(value)) throw new GraphQLError(notIterable);
    let containsPromise = false;
    const items: unknown[] = [];
    for (const item of value) {
      const itemPath = { prev: path, key: items.length, typename: undefined };
      const completed = completeItem(execution, itemPath, item);
      if (isPromise(completed)) containsPromise = true;
      items.push(completed);
    }
    execution.maxLength += VALUE_LENGTH * items.length;
    return containsPromise ? Promise.all(items) : items;
  };
}

/**
 * The value of a leaf for the response.
 * @throws Error what the type's `serialize` throws, or that it gave nothing
 */
export function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value);
  if (serialized === null || serialized === undefined) {
    const call = `${inspect(type)}.serialize(${inspect(value)})`;
    const got = inspect(serialized);
    throw new Error(`Expected \`${call}\` to return non-nullable value, returned: ${got}`);
  }
  return serialized;
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as never)[Symbol.iterator] === "function"
  );
}

import {
  defaultTypeResolver,
  GraphQLError,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  isObjectType,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect";
import { type Complete, type ExecutedField, isPromise } from "./execution";

/** Makes the function that completes values of an interface or union: it finds out the type of each, then completes it. */
export function completeAbstract(
  field: ExecutedField,
  type: GraphQLAbstractType,
  completerFor: (runtimeType: GraphQLObjectType) => Complete,
): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (execution, path, value) => {
    const { contextValue } = execution;
    const found: unknown = resolveType(value, contextValue, field.infoFor(execution, path), type);
    const completeAs = (name: unknown) =>
      completerFor(runtimeTypeOf(name, value, field, type))(execution, path, value);
    return isPromise(found) ? found.then(completeAs) : completeAs(found);
  };
}

/** @throws GraphQLError with the message of graphql-js, where the name is not that of a possible type */
function runtimeTypeOf(
  name: unknown,
  value: unknown,
  { parts: { schema }, parentType, definition, fieldNodes: nodes }: ExecutedField,
  type: GraphQLAbstractType,
): GraphQLObjectType {
  const abstract = `Abstract type "${type.name}"`;
  const mustResolve = `${abstract} must resolve to an Object type at runtime for field "${parentType.name}.${definition.name}"`;
  if (name === null || name === undefined) {
    const way = `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`;
    throw new GraphQLError(`${mustResolve}. ${way}`, { nodes });
  }
  if (isObjectType(name)) {
    throw new GraphQLError(
      "Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.",
    );
  }
  if (typeof name !== "string")
    throw new GraphQLError(`${mustResolve} with value ${inspect(value)}, received "${inspect(name)}".`);
  const found = schema.getType(name);
  if (!found)
    throw new GraphQLError(
      `${abstract} was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  if (!isObjectType(found))
    throw new GraphQLError(`${abstract} was resolved to a non-object type "${name}".`, { nodes });
  if (!schema.isSubType(type, found))
    throw new GraphQLError(`Runtime Object type "${found.name}" is not a possible type for "${type.name}".`, {
      nodes,
    });
  return found;
}

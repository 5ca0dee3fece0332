import {
  coerceInputValue,
  getNullableType,
  getVariableValues,
  GraphQLBoolean,
  GraphQLID,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLSchema,
  GraphQLString,
  isInputType,
  isNonNullType,
  type NamedTypeNode,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";

/** The limit that graphql-js has. */
const MAX_VARIABLE_ERRORS = 50;
const MAX_INT = 2 ** 31 - 1;

type Accepts = (value: unknown) => boolean;

const isText: Accepts = (value) => typeof value === "string";

/** Values of these types that graphql-js takes as they are. */
const UNCHANGED = new Map<unknown, Accepts>([
  [GraphQLString, isText],
  [GraphQLID, isText],
  [GraphQLBoolean, (value) => typeof value === "boolean"],
  [GraphQLInt, (value) => Number.isInteger(value) && Math.abs(value as number) <= MAX_INT],
]);

/** Describing each mistake takes long; graphql-js describes as many as are told. */
function stopAtOnce(): never {
  throw new Error("The value is not of its type.");
}

/** The variables of an operation as resolvers get them, or the mistakes in them. */
export type Coercion = ReturnType<typeof getVariableValues>;

/** One variable of an operation. */
interface Variable {
  name: string;
  type: GraphQLInputType;
  /** What its values must be to be taken as they are; absent where they need coercion. */
  accepts?: Accepts;
}

/** Coerces the variables of one operation, as `getVariableValues` of graphql-js does; what is good without asking it. */
export class OperationVariables {
  /** Undefined where graphql-js must always be asked. */
  private readonly variables: Variable[] | undefined;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly definitions: readonly VariableDefinitionNode[],
  ) {
    const variables: Variable[] = [];
    for (const { variable, type: node } of definitions) {
      const type = typeFromAST(schema, node as NamedTypeNode);
      // Setting `__proto__` on an ordinary object would set its prototype.
      if (!isInputType(type) || variable.name.value === "__proto__") return;
      const accepts = UNCHANGED.get(getNullableType(type));
      variables.push({ name: variable.name.value, type, accepts });
    }
    this.variables = variables;
  }

  /** The coerced values, or the errors, for what a caller sent. */
  coerce(inputs: Readonly<Record<string, unknown>>): Coercion {
    return this.goodValues(inputs) ?? this.coerceByGraphql(inputs);
  }

  /** The coerced values where each variable was sent and is good: defaults and errors are left to graphql-js. */
  private goodValues(inputs: Readonly<Record<string, unknown>>) {
    if (!this.variables) return undefined;
    const coerced: Record<string, unknown> = {};
    for (const { name, type, accepts } of this.variables) {
      if (!Object.hasOwn(inputs, name)) return undefined;
      const value = inputs[name];
      if (accepts?.(value)) coerced[name] = value;
      else if (value === null && isNonNullType(type)) return undefined;
      else {
        try {
          coerced[name] = coerceInputValue(value, type, stopAtOnce);
        } catch {
          return undefined;
        }
      }
    }
    return { coerced };
  }

  private coerceByGraphql(inputs: Readonly<Record<string, unknown>>) {
    return getVariableValues(this.schema, this.definitions, inputs, { maxErrors: MAX_VARIABLE_ERRORS });
  }
}

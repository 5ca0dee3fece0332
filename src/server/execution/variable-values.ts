import {
  getNullableType,
  getVariableValues,
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  type GraphQLSchema,
  GraphQLString,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";

/** The limit that graphql-js has. */
const MAX_VARIABLE_ERRORS = 50;
const LARGEST_INT = 2 ** 31 - 1;

type Accepts = (value: unknown) => boolean;

const isText: Accepts = (value) => typeof value === "string";

/** Values of these types that graphql-js takes as they are. */
const UNCHANGED = new Map<unknown, Accepts>([
  [GraphQLString, isText],
  [GraphQLID, isText],
  [GraphQLBoolean, (value) => typeof value === "boolean"],
  [GraphQLInt, (value) => Number.isInteger(value) && Math.abs(value as number) <= LARGEST_INT],
]);

/** Coerces the variables of one operation, as `getVariableValues` of graphql-js does; what is simple without asking it. */
export class OperationVariables {
  /** Names with what their values must be to be taken as they are; undefined where some variable is not of such a type. */
  private readonly simple: [name: string, accepts: Accepts][] | undefined;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly definitions: readonly VariableDefinitionNode[],
  ) {
    const simple: [string, Accepts][] = [];
    for (const { variable, type } of definitions) {
      const accepts = UNCHANGED.get(getNullableType(typeFromAST(schema, type)));
      // Setting `__proto__` on an ordinary object would set its prototype.
      if (!accepts || variable.name.value === "__proto__") return;
      simple.push([variable.name.value, accepts]);
    }
    this.simple = simple;
  }

  /** The coerced values, or the errors, for what a caller sent. */
  coerce(inputs: Readonly<Record<string, unknown>>): ReturnType<typeof getVariableValues> {
    return this.simpleValues(inputs) ?? this.coerceByGraphql(inputs);
  }

  private simpleValues(inputs: Readonly<Record<string, unknown>>) {
    if (!this.simple) return undefined;
    const coerced: Record<string, unknown> = {};
    for (const [name, accepts] of this.simple) {
      if (!Object.hasOwn(inputs, name) || !accepts(inputs[name])) return undefined;
      coerced[name] = inputs[name];
    }
    return { coerced };
  }

  private coerceByGraphql(inputs: Readonly<Record<string, unknown>>) {
    return getVariableValues(this.schema, this.definitions, inputs, { maxErrors: MAX_VARIABLE_ERRORS });
  }
}

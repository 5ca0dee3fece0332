import {
  type FieldNode,
  getArgumentValues,
  type GraphQLArgument,
  type GraphQLField,
  isNonNullType,
  Kind,
  valueFromAST,
} from "graphql";
import type { ExecutedField, Execution } from "./execution";

/** What an argument without a value comes to: its default, or nothing; undefined where graphql-js must say so. */
type Absent = { constant: unknown } | "LEFT_OUT" | undefined;

/** An argument whose value is always the same, or a variable's. */
type KnownArgument =
  | { name: string; constant: unknown }
  | { name: string; variable: string; takesNull: boolean; whereMissing: Absent };

type Arguments = Record<string, unknown>;

/** Coerces the arguments of one field, as `getArgumentValues` of graphql-js does; what is plain without asking it. */
export class FieldArguments {
  /** In the order of the definition; undefined where graphql-js must always be asked. */
  private readonly plan: readonly KnownArgument[] | undefined;

  constructor(
    private readonly definition: GraphQLField<unknown, unknown>,
    private readonly node: FieldNode,
  ) {
    this.plan = planOf(definition, node);
  }

  /**
   * A new object for each call, as graphql-js makes it: a resolver may change it.
   * @param field whose arguments they are
   * @throws GraphQLError as `getArgumentValues` does
   */
  of(execution: Execution, field: ExecutedField): Arguments {
    return this.plainValues(execution.variableValues) ?? this.coercedValues(execution, field);
  }

  /** Undefined where a value is not plain, or a mistake. */
  private plainValues(variables: Arguments): Arguments | undefined {
    if (!this.plan) return undefined;
    const values: Arguments = {};
    for (const known of this.plan) {
      if ("constant" in known) {
        values[known.name] = known.constant;
        continue;
      }
      if (!Object.hasOwn(variables, known.variable)) {
        if (!known.whereMissing) return undefined;
        if (known.whereMissing !== "LEFT_OUT") values[known.name] = known.whereMissing.constant;
        continue;
      }
      const value = variables[known.variable];
      if (value === undefined || (value === null && !known.takesNull)) return undefined;
      values[known.name] = value;
    }
    return values;
  }

  private coercedValues({ knownArguments, variableValues }: Execution, field: ExecutedField): Arguments {
    const known = knownArguments.get(field);
    if (known) return { ...known };
    const values = getArgumentValues(this.definition, this.node, variableValues);
    if (Object.values(values).every(isPrimitive)) knownArguments.set(field, { ...values });
    return values;
  }
}

function planOf({ args }: GraphQLField<unknown, unknown>, node: FieldNode): KnownArgument[] | undefined {
  const plan: KnownArgument[] = [];
  for (const definition of args) {
    const known = knownArgument(definition, node);
    if (known === "LEFT_OUT") continue;
    if (!known) return undefined;
    plan.push(known);
  }
  return plan;
}

/** Undefined where graphql-js must be asked each time: objects and lists must be new ones, and mistakes are its to describe. */
function knownArgument(definition: GraphQLArgument, node: FieldNode): KnownArgument | "LEFT_OUT" | undefined {
  const { name, type } = definition;
  const written = node.arguments?.find((argument) => argument.name.value === name)?.value;
  const whereMissing = absentValue(definition);
  if (written?.kind === Kind.VARIABLE)
    return { name, variable: written.name.value, takesNull: !isNonNullType(type), whereMissing };
  if (!written) return whereMissing && whereMissing !== "LEFT_OUT" ? { name, ...whereMissing } : whereMissing;
  const constant: unknown = valueFromAST(written, type);
  return constant !== undefined && isPrimitive(constant) ? { name, constant } : undefined;
}

function absentValue({ type, defaultValue }: GraphQLArgument): Absent {
  if (defaultValue === undefined) return isNonNullType(type) ? undefined : "LEFT_OUT";
  return isPrimitive(defaultValue) ? { constant: defaultValue } : undefined;
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

import { type FieldNode, GraphQLError, type GraphQLObjectType } from "graphql";
import { collectSubfields } from "graphql/execution/collectFields";
import { inspect } from "graphql/jsutils/inspect";
import type { ResponsePath } from "./collected-errors";
import {
  type Complete,
  type ExecutedField,
  type Execution,
  isPromise,
  type OperationParts,
  VALUE_LENGTH,
} from "./execution";
import { FieldPlan } from "./field-plan";

type Results = Record<string, unknown>;

/** The response names whose values are promises, and the promises. */
interface Waiting {
  names: string[];
  promises: Promise<unknown>[];
}

/** The fields that an operation selects of one object type, in the order of the response. */
export class ObjectPlan {
  private readonly fields: FieldPlan[] = [];
  /** Setting `__proto__` on an ordinary object would set its prototype. */
  private readonly needsNoPrototype: boolean;
  /** Bytes of the names in JSON, and of what stands around the values. */
  private readonly namesLength: number;

  /**
   * @param collected response names with their field nodes, as graphql-js collects them for these directive values
   */
  constructor(
    parts: OperationParts,
    type: GraphQLObjectType,
    collected: ReadonlyMap<string, readonly FieldNode[]>,
  ) {
    for (const [responseName, fieldNodes] of collected) {
      const plan = FieldPlan.of(parts, type, responseName, fieldNodes, objectCompleterOf);
      if (plan) this.fields.push(plan);
    }
    this.needsNoPrototype = collected.has("__proto__");
    this.namesLength = this.fields.reduce(
      (sum, { responseName }) => sum + responseName.length + VALUE_LENGTH,
      0,
    );
  }

  /** Resolves all fields of `source` side by side, as graphql-js does for queries and nested objects. */
  execute(execution: Execution, source: unknown, path: ResponsePath | undefined): Results | Promise<Results> {
    const results = this.emptyResults();
    execution.maxLength += this.namesLength;
    let waiting: Waiting | undefined;
    try {
      for (const field of this.fields) {
        const result = field.execute(execution, source, path);
        results[field.responseName] = result;
        if (isPromise(result)) {
          waiting ??= { names: [], promises: [] };
          waiting.names.push(field.responseName);
          waiting.promises.push(result);
        }
      }
    } catch (error) {
      if (!waiting) throw error;
      // The promises of other fields may reject as well, and nobody else would handle that.
      return settled(results, waiting).finally(() => {
        throw error;
      });
    }
    return waiting ? settled(results, waiting) : results;
  }

  /** Resolves the fields of `source` one after the other, as GraphQL wants it for the root fields of a mutation. */
  executeSerially(execution: Execution, source: unknown): Results | Promise<Results> {
    execution.maxLength += this.namesLength;
    return this.fields.reduce<Results | Promise<Results>>(
      (before, field) =>
        before instanceof Promise
          ? before.then((results) => addResult(results, field, execution, source))
          : addResult(before, field, execution, source),
      this.emptyResults(),
    );
  }

  private emptyResults(): Results {
    return this.needsNoPrototype ? (Object.create(null) as Results) : {};
  }
}

/**
 * Puts in place what promises come to. graphql-js waits for the other values with them, which resolves neither earlier nor
 * later: a promise takes at least as many turns as a value.
 */
function settled(results: Results, { names, promises }: Waiting): Promise<Results> {
  return Promise.all(promises).then((values) => {
    for (let index = 0; index < names.length; index++) results[names[index]] = values[index];
    return results;
  });
}

/** Resolves one field and adds it; a promise where the field is one. */
function addResult(
  results: Results,
  field: FieldPlan,
  execution: Execution,
  source: unknown,
): Results | Promise<Results> {
  const result = field.execute(execution, source, undefined);
  if (isPromise(result)) {
    return result.then((value) => {
      results[field.responseName] = value;
      return results;
    });
  }
  results[field.responseName] = result;
  return results;
}

/** The plan of a type is made when the first object of it comes: a selection may never be reached. */
function objectCompleterOf(field: ExecutedField, type: GraphQLObjectType): Complete {
  let plan: ObjectPlan | undefined;
  const wrongType = (value: unknown) =>
    new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, {
      nodes: field.fieldNodes,
    });
  return (execution, path, value) => {
    const itsPlan = (plan ??= planOf(execution, field, type));
    if (!type.isTypeOf) return itsPlan.execute(execution, value, path);
    const executeIf = (isOfType: boolean) => {
      if (!isOfType) throw wrongType(value);
      return itsPlan.execute(execution, value, path);
    };
    const found = type.isTypeOf(value, execution.contextValue, field.infoFor(execution, path));
    return isPromise(found) ? found.then((isOfType) => executeIf(isOfType)) : executeIf(found);
  };
}

function planOf(
  { variableValues, parts }: Execution,
  { fieldNodes }: ExecutedField,
  type: GraphQLObjectType,
): ObjectPlan {
  const { schema, fragments } = parts;
  return new ObjectPlan(
    parts,
    type,
    collectSubfields(schema, fragments, variableValues, type, [...fieldNodes]),
  );
}

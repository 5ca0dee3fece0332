import {
  defaultFieldResolver,
  type FieldNode,
  getNullableType,
  GraphQLBoolean,
  type GraphQLField,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLString,
  isLeafType,
  isNonNullType,
  TypeNameMetaFieldDef,
} from "graphql";
import { getFieldDef } from "graphql/execution/execute";
import { FieldArguments } from "./field-arguments";
import type { ResponsePath } from "./collected-errors";
import { completerOf, serialize } from "./complete-value";
import {
  type Complete,
  countLeaf,
  type ExecutedField,
  type Execution,
  isPromise,
  nullAfter,
  type ObjectCompleterFactory,
  type OperationParts,
} from "./execution";

type Source = Record<string, unknown>;

/**
 * One response name of one object type: everything about it that does not depend on the row, found out once. `execute`
 * does what graphql-js does in `executeField`, promise by promise, so that the order of errors is the same.
 */
export class FieldPlan implements ExecutedField {
  readonly returnType: GraphQLField<unknown, unknown>["type"];
  private readonly isNullable: boolean;
  private readonly complete: Complete;
  /** The property that is the field's value where it has no resolver. */
  private readonly property: string | undefined;
  /** Its type where that is a scalar or an enum. */
  private readonly leaf: GraphQLLeafType | undefined;
  /** Whether a text, or a boolean, can stand in the response as it is. */
  private readonly takesText: boolean;
  private readonly takesBoolean: boolean;
  private readonly isTypename: boolean;
  /** Absent where the field takes none. */
  private readonly arguments: FieldArguments | undefined;

  private constructor(
    readonly parts: OperationParts,
    readonly parentType: GraphQLObjectType,
    readonly responseName: string,
    readonly fieldNodes: readonly FieldNode[],
    readonly definition: GraphQLField<unknown, unknown>,
    objects: ObjectCompleterFactory,
  ) {
    this.returnType = definition.type;
    this.isNullable = !isNonNullType(definition.type);
    this.complete = completerOf(this, definition.type, objects);
    const isProperty = !definition.resolve || definition.resolve === defaultFieldResolver;
    this.property = isProperty ? definition.name : undefined;
    const type = getNullableType(definition.type);
    this.leaf = isLeafType(type) ? type : undefined;
    this.takesText = type === GraphQLString || type === GraphQLID;
    this.takesBoolean = type === GraphQLBoolean;
    this.isTypename = definition === TypeNameMetaFieldDef;
    this.arguments = definition.args.length > 0 ? new FieldArguments(definition, fieldNodes[0]) : undefined;
  }

  /** The plan for field nodes with one response name; undefined where the type has no such field. */
  static of(
    parts: OperationParts,
    parentType: GraphQLObjectType,
    responseName: string,
    fieldNodes: readonly FieldNode[],
    objects: ObjectCompleterFactory,
  ): FieldPlan | undefined {
    const [first] = fieldNodes;
    const definition = first && getFieldDef(parts.schema, parentType, first);
    if (!definition) return undefined;
    return new FieldPlan(parts, parentType, responseName, fieldNodes, definition, objects);
  }

  /**
   * The field's value for the response, or a promise of it.
   * @throws GraphQLError the field failed and must not be null, so that its parent becomes null
   */
  execute(execution: Execution, source: unknown, parentPath: ResponsePath | undefined): unknown {
    if (this.isTypename) {
      countLeaf(execution, this.parentType.name);
      return this.parentType.name;
    }
    if (this.property !== undefined && typeof source === "object" && source !== null) {
      let value: unknown;
      try {
        value = (source as Source)[this.property];
      } catch (error) {
        return this.nullAfter(error, execution, this.pathBelow(parentPath));
      }
      // Most fields are such: neither arguments, path nor info are needed.
      if (this.leaf && isPresent(value)) return this.completeLeaf(this.leaf, value, execution, parentPath);
      if (value === null && this.isNullable) return null;
      if (typeof value !== "function")
        return this.completeResult(execution, this.pathBelow(parentPath), value);
    }
    const path = this.pathBelow(parentPath);
    let result: unknown;
    try {
      result = this.resolve(execution, source, path);
    } catch (error) {
      return this.nullAfter(error, execution, path);
    }
    return this.completeResult(execution, path, result);
  }

  infoFor(execution: Execution, valuePath: ResponsePath): GraphQLResolveInfo {
    // An item of a list has the info of its field.
    let path = valuePath;
    while (typeof path.key === "number" && path.prev) path = path.prev;
    const { schema, fragments, operation } = this.parts;
    return {
      fieldName: this.definition.name,
      fieldNodes: this.fieldNodes,
      returnType: this.returnType,
      parentType: this.parentType,
      path,
      schema,
      fragments,
      rootValue: execution.rootValue,
      operation,
      variableValues: execution.variableValues,
    };
  }

  /** A path is made only where something went wrong. */
  private completeLeaf(
    leaf: GraphQLLeafType,
    value: unknown,
    execution: Execution,
    parentPath: ResponsePath | undefined,
  ): unknown {
    if (typeof value === "string" ? this.takesText : this.takesBoolean && typeof value === "boolean") {
      if (typeof value === "string") countLeaf(execution, value);
      return value;
    }
    try {
      const serialized = serialize(leaf, value);
      countLeaf(execution, serialized);
      return serialized;
    } catch (error) {
      return this.nullAfter(error, execution, this.pathBelow(parentPath));
    }
  }

  private pathBelow(prev: ResponsePath | undefined): ResponsePath {
    return { prev, key: this.responseName, typename: this.parentType.name };
  }

  private completeResult(execution: Execution, path: ResponsePath, result: unknown): unknown {
    try {
      const completed: unknown = isPromise(result)
        ? result.then((value) => this.complete(execution, path, value))
        : this.complete(execution, path, result);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => this.nullAfter(error, execution, path));
    } catch (error) {
      return this.nullAfter(error, execution, path);
    }
  }

  private resolve(execution: Execution, source: unknown, path: ResponsePath): unknown {
    const args = this.arguments?.of(execution, this) ?? {};
    const { resolve = defaultFieldResolver } = this.definition;
    return resolve(source, args, execution.contextValue, this.infoFor(execution, path));
  }

  private nullAfter(thrown: unknown, execution: Execution, path: ResponsePath): null {
    return nullAfter(thrown, this, execution, { path, isNullable: this.isNullable });
  }
}

/** Whether a property holds a value that is there and is no promise, error or method. */
function isPresent(value: unknown): boolean {
  if (typeof value === "object") return value instanceof Date;
  return value !== undefined && typeof value !== "function";
}

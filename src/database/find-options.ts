import { FindOperator, type FindOptionsOrder, type FindOptionsWhere, type ObjectLiteral } from "typeorm";
import type { Columns } from "./projections";
import { paddedList, type SqlValue } from "./sql";

/** A condition on an entity's columns, or a list of them of which any one is sufficient. */
export type Where<Row extends ObjectLiteral> = FindOptionsWhere<Row> | FindOptionsWhere<Row>[];

/** Which rows of an entity to read: TypeORM's find options, of one table. `where: {}` names all rows. */
export interface FindRows<Row extends ObjectLiteral> {
  where: Where<Row>;
  order?: FindOptionsOrder<Row>;
  /** At most so many rows. It becomes part of the text: give it one of a few values. */
  take?: number;
}

/** What a condition needs to know of an entity's columns. */
export interface FindTable {
  readonly table: string;
  /** The names of columns that are read; of all where none are given. */
  namesOf(columns: Columns | undefined): string[];
  /** A value as it is compared with a column; throws for null, undefined and a column that has no comparison. */
  comparable(property: string, value: unknown): SqlValue;
  /** Throws for what is not a column with a comparison. */
  requireComparable(property: string): unknown;
}

/** A condition taken apart: what its text depends on, and the values of its parameters. */
export interface WhereShape {
  /** The same for all conditions that have the same text. */
  key: string;
  /** In the order of the placeholders. */
  values: SqlValue[];
}

/** Operators with one value, as a shape's key writes them. */
const COMPARISONS: Record<string, string> = {
  equal: "=",
  lessThan: "<",
  lessThanOrEqual: "<=",
  moreThan: ">",
  moreThanOrEqual: ">=",
};

/**
 * Takes a condition apart. Throws for null, undefined and an empty alternative, which would match other rows than meant, and for
 * what is not a column or not one of the operators =, <, <=, >, >=, In, IsNull and Not.
 */
export function shapeOf<Row extends ObjectLiteral>(map: FindTable, where: Where<Row>): WhereShape {
  const shape: WhereShape = { key: "", values: [] };
  if (!Array.isArray(where)) {
    addConditions(map, where, shape);
    return shape;
  }
  if (where.length === 0) throw new Error(`a condition on ${map.table} has no alternative`);
  for (const alternative of where) {
    if (Object.keys(alternative).length === 0)
      throw new Error(`an alternative condition on ${map.table} is empty`);
    shape.key += "|";
    addConditions(map, alternative, shape);
  }
  return shape;
}

/** The same condition with other values: the list gives one for each parameter, in their order. */
export function withValues<Row extends ObjectLiteral>(
  where: Where<Row>,
  values: readonly unknown[],
): Where<Row> {
  const left = [...values];
  const filled = (conditions: object) =>
    Object.fromEntries(
      Object.entries(conditions).map(([property, value]) => [property, replaced(value, left)]),
    ) as FindOptionsWhere<Row>;
  return Array.isArray(where) ? where.map(filled) : filled(where);
}

function replaced(value: unknown, left: unknown[]): unknown {
  if (!(value instanceof FindOperator)) return left.shift();
  const { type, child } = value;
  if (type === "isNull") return value;
  if (type === "not") return new FindOperator("not", replaced(child ?? value.value, left));
  if (type !== "in") return new FindOperator(type, left.shift());
  const { length } = paddedList(value.value as SqlValue[]);
  return new FindOperator("in", left.splice(0, length) as never, true, true);
}

function addConditions(map: FindTable, conditions: object, shape: WhereShape): void {
  for (const [property, value] of Object.entries(conditions)) {
    shape.key += ` ${property}`;
    addOperator(map, property, value, shape);
  }
}

function addOperator(map: FindTable, property: string, value: unknown, shape: WhereShape): void {
  if (!(value instanceof FindOperator)) {
    shape.key += "=";
    shape.values.push(map.comparable(property, value));
    return;
  }
  const { type } = value;
  const comparison = COMPARISONS[type];
  if (comparison) {
    shape.key += comparison;
    shape.values.push(map.comparable(property, value.value));
  } else if (type === "in") {
    const list = (value.value as unknown[]).map((one) => map.comparable(property, one));
    const padded = paddedList(list);
    shape.key += `:${padded.length}`;
    shape.values.push(...padded);
  } else if (type === "isNull") {
    shape.key += "?";
    map.requireComparable(property);
  } else if (type === "not" && value.child?.type !== "in" && value.child?.type !== "not") {
    shape.key += "!";
    addOperator(map, property, value.child ?? value.value, shape);
  } else {
    throw new Error(`${map.table}.${property}: find options with ${type} of this value are not supported`);
  }
}

import type { FoundColumn, FoundIndex, FoundSchema, FoundTable, SchemaReader } from "./found-schema";
import type { NeededColumn, NeededIndex, NeededTable, NeededTrigger } from "./needed-schema";

type Rules = Pick<SchemaReader, "holds" | "collation" | "engine">;

/**
 * What the program would fail at or damage, a line each; empty when it can work with what was found. Whatever else the
 * database has is its operator's: more tables, columns that fill themselves, indexes, triggers, wider columns.
 */
export function compareSchemas(needed: readonly NeededTable[], found: FoundSchema, rules: Rules): string[] {
  return needed.flatMap((table) => {
    const there = found.tables.get(table.name);
    if (!there) return [`table ${table.name} is missing`];
    return [
      ...engineProblems(table, there, rules),
      ...table.columns.flatMap((column) => columnProblems(table, column, there, rules)),
      ...unknownColumnProblems(table, there),
      ...primaryKeyProblems(table, there, rules),
      ...table.indexes.flatMap((index) => indexProblems(table, index, there, rules)),
      ...tooStrictIndexProblems(table, there),
      ...table.triggers.flatMap((trigger) => triggerProblems(table, trigger, found)),
    ];
  });
}

function engineProblems({ name }: NeededTable, { engine }: FoundTable, rules: Rules): string[] {
  if (!rules.engine || engine === rules.engine) return [];
  return [`${name} is stored by ${engine ?? "something that is no table"}, and must be by ${rules.engine}`];
}

function columnProblems(table: NeededTable, needed: NeededColumn, there: FoundTable, rules: Rules): string[] {
  const name = `${table.name}.${needed.name}`;
  const type = needed.length ? `${needed.type}(${needed.length})` : needed.type;
  const column = there.columns.get(needed.name);
  if (!column) return [`column ${name} is missing: ${type}, ${nullability(needed)}`];
  const problems: string[] = [];
  if (!rules.holds(needed, column))
    problems.push(`column ${name} is ${column.declared}, and must be ${type}`);
  if (column.nullable !== needed.nullable)
    problems.push(`column ${name} ${nullability(column)}, and should be: ${nullability(needed)}`);
  if (column.collation !== null && column.collation !== rules.collation)
    problems.push(`column ${name} compares by ${column.collation}, and must by ${rules.collation}`);
  return problems;
}

function nullability({ nullable }: { nullable: boolean }): string {
  return nullable ? "may be null" : "may not be null";
}

/** The program does not name columns that it does not know, so nobody gives them a value. */
function unknownColumnProblems(table: NeededTable, { columns }: FoundTable): string[] {
  const known = new Set(table.columns.map(({ name }) => name));
  return [...columns.values()]
    .filter(({ name, needsValue }) => needsValue && !known.has(name))
    .map(
      ({ name }) => `column ${table.name}.${name} is unknown and needs a value, which inserts would not give`,
    );
}

function primaryKeyProblems(table: NeededTable, there: FoundTable, rules: Rules): string[] {
  const key = there.indexes.find(({ isPrimaryKey }) => isPrimaryKey);
  const columns = key?.columns.join(", ") ?? "none";
  if (columns !== table.primaryKey.join(", "))
    return [`the primary key of ${table.name} is ${columns}, and must be ${table.primaryKey.join(", ")}`];
  return collationProblems(`the primary key of ${table.name}`, key, rules);
}

function indexProblems(table: NeededTable, needed: NeededIndex, there: FoundTable, rules: Rules): string[] {
  const [kind, wanted] = [needed.unique ? "unique index" : "index", needed.columns.join(", ")];
  const index = there.indexes.find(({ name }) => name === needed.name);
  if (!index) return [`${kind} ${needed.name} on ${table.name} (${wanted}) is missing`];
  const columns = needed.unique ? index.columns : index.columns.slice(0, needed.columns.length);
  if (index.unique !== needed.unique || columns.join(", ") !== wanted || index.partial) {
    const is = `${index.unique ? "unique, " : ""}${index.partial ? "in part, " : ""}on ${index.columns.join(", ")}`;
    return [`index ${needed.name} on ${table.name} is ${is}, and must be the ${kind} on ${wanted}`];
  }
  return collationProblems(`index ${needed.name} on ${table.name}`, index, rules);
}

function collationProblems(name: string, index: FoundIndex | undefined, { collation }: Rules): string[] {
  const other = index?.collations.find((one) => one !== collation);
  return other === undefined ? [] : [`${name} compares by ${other}, and must by ${collation}`];
}

/**
 * A unique index that the program does not know may refuse rows that it writes. It cannot where it includes a key that
 * is unique already, nor where one of its columns is always null in what this program writes.
 */
function tooStrictIndexProblems(table: NeededTable, { columns, indexes }: FoundTable): string[] {
  const known = new Set(table.columns.map(({ name }) => name));
  const keys = [
    table.primaryKey,
    ...table.indexes.filter(({ unique }) => unique).map((index) => index.columns),
  ];
  const isAlwaysNull = (name: string) => !known.has(name) && isNullByDefault(columns.get(name));
  return indexes
    .filter((index) => index.unique && !index.isPrimaryKey)
    .filter(({ name }) => !table.indexes.some((needed) => needed.name === name))
    .filter(
      (index) => index.partial || !keys.some((key) => key.every((name) => index.columns.includes(name))),
    )
    .filter((index) => !index.columns.some(isAlwaysNull))
    .map(
      ({ name, columns: of }) =>
        `unique index ${name} on ${table.name} (${of.join(", ")}) is unknown and would refuse rows`,
    );
}

function isNullByDefault(column: FoundColumn | undefined): boolean {
  return column?.isNullByDefault ?? false;
}

function triggerProblems(table: NeededTable, needed: NeededTrigger, { triggers }: FoundSchema): string[] {
  if (!triggers) return [];
  const trigger = triggers.find(({ name, table: of }) => name === needed.name && of === table.name);
  if (!trigger) return [`trigger ${needed.name} on ${table.name} is missing`];
  const says = trigger.body?.includes(needed.says) ?? true;
  if (trigger.firesOn === `BEFORE ${needed.event}` && says) return [];
  return [`trigger ${needed.name} on ${table.name} does not refuse every ${needed.event}`];
}

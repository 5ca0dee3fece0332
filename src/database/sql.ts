/** What SQL parameters may be. */
export type SqlValue = string | number | boolean | null;

/** What a template of SQL may hold: a value, a list of values for IN, or another piece of SQL. */
export type SqlPart = SqlValue | readonly SqlValue[] | Sql;

/** A piece of SQL with `?` placeholders and their values in the same order. Only `sql` and `name` make one. */
export class Sql {
  constructor(
    readonly text: string,
    readonly values: readonly SqlValue[],
  ) {}
}

/** A list for IN is filled up to the next of these lengths, so that few texts are enough for lists of any length. */
const LENGTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/**
 * Writes SQL: `sql\`id IN ${ids} AND ${condition} AND name = ${name}\``. Values never become part of the text, pieces do
 * with their values. The text depends only on the shape, so it can name a prepared statement; that is why a list is filled
 * up with its last value. A list without a value finds nothing. Use a list for `IN` only, never for `NOT IN`.
 */
export function sql(texts: TemplateStringsArray, ...parts: SqlPart[]): Sql {
  let text = texts[0] ?? "";
  const values: SqlValue[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part instanceof Sql) {
      text += part.text;
      values.push(...part.values);
    } else if (isList(part)) {
      text += addList(part, values);
    } else {
      text += "?";
      values.push(part);
    }
    text += texts[at + 1] ?? "";
  }
  return new Sql(text, values);
}

/** A column's or table's name, or both with a dot. Throws for anything else: what a caller wrote is never a name. */
export function name(identifier: string): Sql {
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/.test(identifier)) throw new Error(`no name in SQL: ${identifier}`);
  return new Sql(identifier, []);
}

/** These pieces with commas between them, as of a select. There must be one. */
export function listOf([first, ...others]: readonly Sql[]): Sql {
  return others.reduce((all, one) => sql`${all}, ${one}`, first);
}

/** A number of rows, written into the text: not every server takes a parameter for it. Throws unless it is a whole one. */
export function limit(rows: number): Sql {
  if (!Number.isSafeInteger(rows) || rows < 0) throw new Error(`no number of rows: ${rows}`);
  return new Sql(` LIMIT ${rows}`, []);
}

/**
 * Follows a table's name: MySQL and MariaDB then read it by this index, in its order. They guess badly how much of a long
 * list there is behind a cursor. To SQLite, which has no such statistics, it is a comment.
 */
export function byIndex(index: string): Sql {
  return new Sql(`/*! FORCE INDEX (${name(index).text}) */`, []);
}

/** The condition that any of these holds; there must be one. */
export function anyOf([first, ...others]: readonly Sql[]): Sql {
  return others.length > 0 ? sql`(${others.reduce((all, one) => sql`${all} OR ${one}`, first)})` : first;
}

/** The rows of all these selects, one of several of them once; there must be one. */
export function union([first, ...others]: readonly Sql[]): Sql {
  return others.reduce((all, one) => sql`${all} UNION ${one}`, first);
}

/** The rows of all these selects, each as often as they have it; there must be one. */
export function unionAll([first, ...others]: readonly Sql[]): Sql {
  return others.reduce((all, one) => sql`${all} UNION ALL ${one}`, first);
}

/** Narrows a piece that ends in a WHERE clause by each of these conditions that there is. */
export function and(select: Sql, ...conditions: (Sql | false | null | undefined | "")[]): Sql {
  let text = select.text;
  const values = [...select.values];
  for (const condition of conditions) {
    if (!condition) continue;
    text += ` AND (${condition.text})`;
    values.push(...condition.values);
  }
  return new Sql(text, values);
}

/** The condition that a column's text begins with a prefix, as one range of an index. */
export function beginsWith(column: Sql, prefix: string): Sql {
  return sql`${column} >= ${prefix} AND ${column} < ${prefix + LAST_CHARACTER}`;
}

/** Greater than every character that a text may go on with. */
const LAST_CHARACTER = "\u{10FFFF}";

function isList(part: SqlPart): part is readonly SqlValue[] {
  return Array.isArray(part);
}

function addList(list: readonly SqlValue[], values: SqlValue[]): string {
  const padded = paddedList(list);
  for (const value of padded) values.push(value);
  return placesFor(padded.length);
}

/** A list for IN filled up with its last value to one of a few lengths; null in place of an empty one, which finds nothing. */
export function paddedList(list: readonly SqlValue[]): SqlValue[] {
  const length = LENGTHS.find((most) => list.length <= most) ?? Math.ceil(list.length / 500) * 500;
  const last = list[list.length - 1] ?? null;
  const padded: SqlValue[] = [];
  for (let at = 0; at < length; at++) padded.push(at < list.length ? list[at] : last);
  return padded;
}

/** That many placeholders in parentheses. */
export function placesFor(count: number): string {
  return `(${"?, ".repeat(count - 1)}?)`;
}

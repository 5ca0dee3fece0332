import { getMetadataArgsStorage } from "typeorm";
import { type ConsistencyCheck, inPages } from "./consistency-check";
import type { Reads } from "./reads";
import { name, type Sql, sql } from "./sql";

/**
 * A column that names rows of another table, or of one of two. Most of them are foreign keys too, which a database does not enforce while
 * they are switched off, as for a restore; the others only the program keeps.
 */
export interface Reference {
  table: string;
  /** The table's primary key. */
  key: [string, ...string[]];
  column: string;
  /** Tables and their keys, any one of which may have the row. */
  targets: [table: string, key: string][];
}

/** Says that a column of an entity names a row of another one, or of any one of several, by its primary key. */
export function reference<Row extends object>(
  entity: new () => Row,
  column: keyof Row & string,
  ...targets: [new () => object, ...(new () => object)[]]
): Reference {
  return {
    table: tableOf(entity),
    key: keyOf(entity),
    column,
    targets: targets.map((target) => [tableOf(target), keyOf(target)[0]]),
  };
}

function tableOf(entity: new () => object): string {
  const table = getMetadataArgsStorage().tables.find(({ target }) => target === entity);
  if (!table?.name) throw new Error(`${entity.name} is no entity with a name of its own`);
  return table.name;
}

function keyOf(entity: new () => object): [string, ...string[]] {
  const isOf = (target: unknown) => target === entity || Object.prototype.isPrototypeOf.call(target, entity);
  const [first, ...others] = getMetadataArgsStorage()
    .columns.filter(({ target, options }) => options.primary && isOf(target))
    .map(({ propertyName }) => propertyName);
  if (first === undefined) throw new Error(`${entity.name} has no primary key`);
  return [first, ...others];
}

/** Finds rows that name a row which is not there. */
export function referenceCheck(references: readonly Reference[]): ConsistencyCheck {
  return {
    name: "references",
    async *run(reads) {
      for (const reference of references) {
        const looked = await reads.count(
          sql`FROM ${name(reference.table)} WHERE ${name(reference.column)} IS NOT NULL`,
        );
        yield { looked, findings: [] };
        yield* orphansOf(reads, reference);
      }
    },
  };
}

type Row = Record<"id0" | "id1" | "target", string | number>;

async function* orphansOf(reads: Reads, { table, key, column, targets }: Reference) {
  const at = (field: string) => name(`source.${field}`);
  const [first, second] = key.map(at);
  const missing = targets.map(([target, targetKey]) => {
    const found = name(`target.${targetKey}`);
    return sql` AND NOT EXISTS (SELECT 1 FROM ${name(target)} target WHERE ${found} = ${at(column)})`;
  });
  const select = sql`SELECT ${first} AS id0, ${second ?? first} AS id1, ${at(column)} AS target
    FROM ${name(table)} source WHERE ${at(column)} IS NOT NULL${missing.reduce(joined)}`;
  const columns: [Sql, ...Sql[]] = second ? [first, second] : [first];
  const page = { columns, of: (row: Row) => [row.id0, row.id1] };
  const where = targets.map(([target]) => target).join(" or ");
  for await (const orphans of inPages<Row>(reads, select, page)) {
    const findings = orphans.map((row) => ({
      table,
      id: second ? `${row.id0} ${row.id1}` : String(row.id0),
      problem: `its ${column} is ${row.target}, which is not in ${where}`,
      expected: `a row of ${where}`,
    }));
    yield { looked: 0, findings };
  }
}

const joined = (one: Sql, other: Sql) => sql`${one}${other}`;

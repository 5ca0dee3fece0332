import type { Database } from "../../src/database/database";

/** A statement as it was sent. */
export interface Statement {
  sql: string;
  parameters: unknown[];
}

/** The most rows that a page has, and one to see whether more follow. */
const PAGE = 501;

/** What a database is sufficient for a statement that costs more than what it gives: a line for each such step. */
export async function costlySteps(database: Database, { sql, parameters }: Statement): Promise<string[]> {
  const isSqlite = database.family === "sqlite";
  // By the writer: libsql keeps a reader that has explained something at what it saw then.
  const rows = await database.schemaSource.query<Record<string, unknown>[]>(
    `EXPLAIN ${isSqlite ? "QUERY PLAN" : "FORMAT=JSON"} ${sql}`,
    parameters,
  );
  if (isSqlite)
    return costlyInSqlite(
      sql,
      rows.map(({ detail, parent }) => ({ detail: String(detail), parent: Number(parent) })),
    );
  return costlyInMariadb(JSON.parse(withoutConditions(String(rows[0]?.EXPLAIN))) as Json);
}

/** MariaDB writes values into the conditions without a thought for JSON's quotes; nothing here looks at them. */
function withoutConditions(plan: string): string {
  return plan.replace(/^(\s*"\w*(?:condition|sort_key)\w*": )".*"(,?)$/gm, '$1""$2');
}

/**
 * A scan of a table or of a whole index; and sorting, where only some of what is sorted is taken. What sorts all that it
 * gives sorts no more than a page: each list has a limit.
 */
function costlyInSqlite(sql: string, steps: { detail: string; parent: number }[]): string[] {
  const tables = new Map(
    [...sql.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO)\s+["`]?(\w+)["`]?(?:\s+(?:AS\s+)?["`]?(\w+)["`]?)?/gi)].map(
      ([, table = "", alias]) => [alias ?? table, table] as const,
    ),
  );
  const isLimited = /\bLIMIT\b/i.test(sql);
  const endsLimited = /\bLIMIT [^()]*$/i.test(sql);
  // Each range that a list is merged of is cut to a page first: sorting that is no more.
  const ofPage = new Set(
    steps.flatMap(({ detail, parent }) => (/^SCAN range\d+$/.test(detail) ? [parent] : [])),
  );
  return steps.flatMap(({ detail, parent }) => {
    const [, name = ""] = /^SCAN (\w+)/.exec(detail) ?? [];
    const isTable = [...tables.values()].includes(name) || tables.has(name);
    if (name && isTable && name !== "CONSTANT") return [`scans ${tables.get(name) ?? name}: ${detail}`];
    const takesSome = parent === 0 ? endsLimited : isLimited && !ofPage.has(parent);
    if (takesSome && /TEMP B-TREE FOR (LAST|RIGHT|ORDER|GROUP|DISTINCT)/.test(detail))
      return [`sorts: ${detail}`];
    return [];
  });
}

type Json = string | number | null | Json[] | { [name: string]: Json };
type Node = { [name: string]: Json };

/** A value of a plan as text. */
const text = (value: Json | undefined) => (typeof value === "string" ? value : "");

/** A scan of a table or of a whole index, sorting, and keeping aside, each of more than a page. */
function costlyInMariadb(plan: Json): string[] {
  return nodesOf(plan).flatMap(([name, node]) => {
    const rows = Number(node.rows ?? 0);
    if (name === "table") {
      const table = text(node.table_name);
      // Of an index that is read in order only as many rows are estimated as the limit takes, though none of them may be wanted.
      const isScan = node.access_type === "index" || (node.access_type === "ALL" && rows > PAGE);
      return isScan && !table.startsWith("<") ? [`scans ${table}: ${text(node.access_type)} of ${rows}`] : [];
    }
    if (name !== "filesort" && name !== "temporary_table") return [];
    const sorted = nodesOf(node).filter(([inner]) => inner === "table");
    const most = Math.max(
      0,
      ...sorted.map(([, table]) => (Number(table.rows ?? 0) * Number(table.filtered ?? 100)) / 100),
    );
    return most > PAGE
      ? [
          `sorts: ${name} of ${Math.round(most)} rows of ${sorted.map(([, table]) => text(table.table_name)).join(", ")}`,
        ]
      : [];
  });
}

/** Every object in a plan with the name that it stands under. */
function nodesOf(value: Json, name = ""): [name: string, node: Node][] {
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap((one) => nodesOf(one, name));
  return [[name, value], ...Object.entries(value).flatMap(([inner, part]) => nodesOf(part, inner))];
}

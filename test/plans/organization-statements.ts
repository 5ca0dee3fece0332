import type { Statement } from "./plans";

/** The column that says whose rows a table's are: by it the table would be spread over shards. */
const OWNER_COLUMNS: Record<string, string> = {
  partner: "id",
  customer: "id",
  user_account: "organizationId",
  api_key: "organizationId",
  invitation: "partnerId",
  reseller_relationship: "partnerId",
  subscription: "partnerId",
  partnership: "resellerId",
  organization_head: "organizationId",
  event: "organizationId",
  activity_record: "organizationId",
  webhook_endpoint: "organizationId",
  webhook_delivery: "organizationId",
  // Known by a hash alone.
  api_key_secret: "hash",
  idempotency_record: "id",
};

/** The catalogue is the same for everybody: each shard would have a copy. */
const COPIED_EVERYWHERE = ["offer"];

/** How many organizations a statement names by the owner column of one of its tables. */
type Owners = "one" | "several" | "any";

interface Table {
  name: string;
  alias: string;
  /** Where the text of its own SELECT begins and ends: there its columns may stand without its name. */
  scope: [from: number, to: number];
  /** Whether it is the only table of that SELECT. */
  isAlone: boolean;
}

const NO_ALIAS =
  /^(WHERE|SET|ON|USING|LEFT|RIGHT|INNER|CROSS|JOIN|ORDER|GROUP|LIMIT|FORCE|USE|IGNORE|INDEXED|UNION|FOR|VALUES|SELECT|STRAIGHT_JOIN|HAVING)$/i;

/**
 * Says of a statement which tables it names, and of how many organizations by each table's owner column: `one` where it is
 * compared with one value, or with a table of which that is so; `several` where it is compared with more; `any` where it is not compared.
 * Returns undefined for a statement that stays with one organization.
 */
export function crossing({ sql, parameters }: Statement): string | undefined {
  const text = sql.replace(/["`]/g, "").replace(/\s+/g, " ").trim();
  const verb = /^\W*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "";
  const tables = tablesOf(text);
  if (tables.length === 0) return undefined;
  const values =
    verb === "INSERT" ? insertedOwners(text, parameters) : comparedOwners(text, parameters, tables);
  const all = new Set([...values.values()].flatMap((found) => [...found]));
  const isOfOne = all.size === 1 && tables.every(({ alias }) => values.get(alias)?.size === 1);
  if (isOfOne) return undefined;
  const told = tables.map(({ name, alias }) => `${name} (${ownersOf(values.get(alias))})`);
  return `${verb} ${[...new Set(told)].sort().join(", ")}`;
}

function ownersOf(values: Set<string> | undefined): Owners {
  if (values === undefined || values.size === 0) return "any";
  return values.size === 1 ? "one" : "several";
}

/** The tables that belong to organizations, with the names that the statement gives them. */
function tablesOf(text: string): Table[] {
  const found = [...text.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?/gi)];
  const tables = found.flatMap(({ index, 1: name = "", 2: next = "" }) => {
    if (!Object.hasOwn(OWNER_COLUMNS, name) || COPIED_EVERYWHERE.includes(name)) return [];
    return [{ name, alias: next === "" || NO_ALIAS.test(next) ? name : next, scope: scopeAt(text, index) }];
  });
  return tables.map((table) => ({
    ...table,
    isAlone: tables.filter(({ scope }) => scope[0] === table.scope[0]).length === 1,
  }));
}

/** The innermost parentheses around a place; the whole text where there are none. */
function scopeAt(text: string, at: number): [number, number] {
  const end = (from: number, step: 1 | -1) => {
    for (let [place, depth] = [from, 0]; place >= 0 && place < text.length; place += step) {
      if (text[place] === (step < 0 ? "(" : ")") && depth-- === 0) return place;
      if (text[place] === (step < 0 ? ")" : "(")) depth++;
    }
    return step < 0 ? 0 : text.length;
  };
  return [end(at, -1), end(at, 1)];
}

/**
 * By table the values that its owner column is compared with, or else its id, which belongs to one organization; handed on where
 * owner columns of two tables are compared.
 */
function comparedOwners(
  text: string,
  parameters: readonly unknown[],
  tables: Table[],
): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  const equal: [string, string][] = [];
  for (const table of tables) {
    const owners = comparedWith(text, parameters, table, ownerColumn(table));
    values.set(table.alias, owners.size > 0 ? owners : comparedWith(text, parameters, table, "id"));
    const pairs = new RegExp(`(?<![\\w.])${table.alias}\\.${ownerColumn(table)} = (\\w+)\\.(\\w+)`, "g");
    for (const [, alias = "", column = ""] of text.matchAll(pairs))
      if (tables.some((one) => one.alias === alias && ownerColumn(one) === column))
        equal.push([table.alias, alias]);
  }
  for (let round = 0; round < equal.length; round++)
    for (const [one, other] of equal) {
      const both = new Set([...(values.get(one) ?? []), ...(values.get(other) ?? [])]);
      values.set(one, both);
      values.set(other, both);
    }
  return values;
}

const ownerColumn = ({ name }: Table) => OWNER_COLUMNS[name] ?? "";

/** The values that a column of a table is compared with, by `=` or `IN`; without its name only in its own SELECT. */
function comparedWith(
  text: string,
  parameters: readonly unknown[],
  { alias, scope: [from, to], isAlone }: Table,
  column: string,
): Set<string> {
  const compared = new RegExp(`(?<![\\w.])(${alias}\\.)?${column} (?:= \\?|IN \\(\\?(?:, ?\\?)*\\))`, "g");
  const found = [...text.matchAll(compared)].flatMap(({ 0: match, 1: prefix, index }) => {
    if (index < from || index > to || (!prefix && !isAlone)) return [];
    const first = text.slice(0, index).split("?").length - 1;
    return parameters.slice(first, first + match.split("?").length - 1);
  });
  return new Set(found.map(String));
}

/** By table the owners of the rows that a statement inserts. */
function insertedOwners(text: string, parameters: readonly unknown[]): Map<string, Set<string>> {
  const [, table = "", list = ""] = /^INSERT INTO (\w+) ?\(([^)]*)\)/i.exec(text) ?? [];
  const columns = list.split(",").map((column) => column.trim());
  const at = columns.indexOf(OWNER_COLUMNS[table] ?? "");
  const owners = parameters.filter((_value, n) => n % columns.length === at).map(String);
  return new Map([[table, new Set(owners)]]);
}

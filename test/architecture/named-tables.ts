import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A place where a module's code names a table, in the text of a statement or by its entity. */
export interface NamedTable {
  /** The folder in `src`. */
  module: string;
  file: string;
  table: string;
  /** Whether the statement changes rows. */
  isWrite: boolean;
}

/** What comes before a table's name in a statement. */
const IN_STATEMENT = /\b(FROM|JOIN|UPDATE|INTO)\s+[`"]?([a-z_]+)[`"]?(?=\W|$)/gi;
/** Functions that are given a table's name. */
const TAKE_TABLE = ["name", "visibleBy", "rangesOf"];
/** Functions for which an entity is a kind of id. */
const TAKE_IDS = ["newId", "isIdOf", "idAs", "derivedId", "id"];
const WRITING = [
  "insert",
  "insertAll",
  "update",
  "change",
  "countChange",
  "deleteOldRows",
  "updateWhere",
  "deleteWhere",
];
const WRITING_WORDS = ["UPDATE", "INTO"];

/**
 * Finds where the code in `src` names tables, as far as its text tells: in statements, in the arguments of functions that take a table,
 * and by entities. Migrations and the `area.ts` of each area are left out: those only say what is there.
 * @param tables the tables' names, by the names of their entities
 */
export function namedTables(root: string, tables: ReadonlyMap<string, string>): NamedTable[] {
  const names = new Set(tables.values());
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => /^[^/]+\/.*\.ts$/.test(file) && !/\/migrations\/|\/area\.ts$/.test(file))
    .flatMap((file) => {
      const source = ts.createSourceFile(
        file,
        readFileSync(join(root, "src", file), "utf8"),
        ts.ScriptTarget.Latest,
        true,
      );
      const [module = ""] = file.split("/");
      return tablesIn(source, tables, names).map((found) => ({ module, file: `src/${file}`, ...found }));
    });
}

type Found = Pick<NamedTable, "table" | "isWrite">;

function tablesIn(
  source: ts.SourceFile,
  tables: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): Found[] {
  const entities = importedEntities(source, tables);
  const found: Found[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(...inStatement(node.text, names));
    if (ts.isCallExpression(node)) found.push(...inCall(node, entities, names));
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

function inStatement(text: string, names: ReadonlySet<string>): Found[] {
  return [...text.matchAll(IN_STATEMENT)].flatMap(([, word = "", table = ""]) =>
    names.has(table)
      ? [{ table, isWrite: WRITING_WORDS.includes(word.toUpperCase()) || isDeletion(text) }]
      : [],
  );
}

function isDeletion(text: string): boolean {
  return /^\s*DELETE\b/i.test(text);
}

function inCall(
  { expression, arguments: given }: ts.CallExpression,
  entities: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): Found[] {
  const callee = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  if (TAKE_IDS.includes(callee)) return [];
  const isWrite = WRITING.includes(callee);
  const tables = given.flatMap((argument): (string | undefined)[] => {
    if (ts.isIdentifier(argument)) return [entities.get(argument.text)];
    if (ts.isStringLiteralLike(argument) && TAKE_TABLE.includes(callee) && names.has(argument.text))
      return [argument.text];
    // Rows of several entities are read by an object with one property for each.
    if (ts.isObjectLiteralExpression(argument) && callee === "joined")
      return argument.properties.map((property) =>
        ts.isPropertyAssignment(property) ? entities.get(property.initializer.getText()) : undefined,
      );
    return [];
  });
  return tables.flatMap((table) => (table === undefined ? [] : [{ table, isWrite }]));
}

/** The tables of the entities that a file imports, by the names that they have in it. */
function importedEntities(source: ts.SourceFile, tables: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !/\/entities\//.test(statement.moduleSpecifier.getText()))
      continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements) {
      const table = tables.get((propertyName ?? name).text);
      if (table !== undefined) found.set(name.text, table);
    }
  }
  return found;
}

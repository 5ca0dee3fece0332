import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import ts from "typescript";

const root = join(__dirname, "../..");

function productFiles(): string[] {
  const inRooms = ["src", "schema", "entities", "resolvers"]
    .filter((room) => existsSync(join(root, room)))
    .flatMap((room) =>
      readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((path) => join(room, path)),
    )
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".ts") && !path.includes("/migrations/"));
  return [...inRooms, "ormconfig.ts"].filter((file) => existsSync(join(root, file)));
}

/** The exports of one file that say nothing about themselves, as "file:line name". Re-exports speak where they come from. */
function silentExports(file: string, code: string): string[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const exportedLater = namesIn(source.statements.filter(isExportList));
  const spokenOverloads = new Set<string>();
  const silent: string[] = [];

  for (const statement of source.statements) {
    for (const { name, node } of declarationsIn(statement)) {
      if (!isExported(statement) && !exportedLater.has(name)) continue;
      if (hasSentence(node)) {
        spokenOverloads.add(name);
      } else if (!spokenOverloads.has(name)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        silent.push(`${file}:${line + 1} ${name}`);
      }
    }
  }
  return silent;
}

function declarationsIn(statement: ts.Statement): { name: string; node: ts.Node }[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => ({
      name: name.getText(),
      node: statement,
    }));
  }
  if (ts.isExportAssignment(statement)) {
    return ts.isIdentifier(statement.expression) ? [] : [{ name: "default", node: statement }];
  }
  const declares =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return declares ? [{ name: statement.name?.text ?? "default", node: statement }] : [];
}

function isExported(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** `export { a, b as c }` and `export default a`, without a `from`: what they export is declared in the same file. */
function isExportList(statement: ts.Statement): statement is ts.ExportDeclaration | ts.ExportAssignment {
  return (
    ts.isExportAssignment(statement) || (ts.isExportDeclaration(statement) && !statement.moduleSpecifier)
  );
}

function namesIn(lists: (ts.ExportDeclaration | ts.ExportAssignment)[]): Set<string> {
  const names = new Set<string>();
  for (const list of lists) {
    if (ts.isExportAssignment(list)) {
      names.add(list.expression.getText());
    } else if (list.exportClause && ts.isNamedExports(list.exportClause)) {
      for (const { propertyName, name } of list.exportClause.elements) names.add((propertyName ?? name).text);
    }
  }
  return names;
}

function hasSentence(node: ts.Node): boolean {
  return ts
    .getJSDocCommentsAndTags(node)
    .some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? "").trim() !== "");
}

describe("every export of the product", () => {
  it("says in a doc comment what it promises", () => {
    const silent = productFiles().flatMap((file) =>
      silentExports(file, readFileSync(join(root, file), "utf8")),
    );
    expect(silent).toEqual([]);
  });

  it("is looked at, whatever kind of export it is", () => {
    const code = `
      export function aFunction() {}
      export class AClass {}
      export interface AnInterface {}
      export type AType = string;
      export enum AnEnum {}
      export const a = 1, b = 2;
      const later = 1;
      export { later as renamed };
      /** @throws only a tag, no sentence */
      export async function onlyTags() {}
      export default function () {}`;
    expect(silentExports("x.ts", code)).toEqual([
      "x.ts:2 aFunction",
      "x.ts:3 AClass",
      "x.ts:4 AnInterface",
      "x.ts:5 AType",
      "x.ts:6 AnEnum",
      "x.ts:7 a",
      "x.ts:7 b",
      "x.ts:8 later",
      "x.ts:11 onlyTags",
      "x.ts:12 default",
    ]);
  });

  it("is content with one sentence, also above a decorator, and once for all overloads", () => {
    const code = `
      import { Entity } from "typeorm";
      export { other } from "./other";
      export * from "./another";
      const inner = 1;
      /** A sentence. */
      @Entity()
      export class AClass {}
      /** A sentence. */
      export function overloaded(a: string): void;
      export function overloaded(a: number): void;
      export function overloaded(a: unknown): void {}
      /** A sentence. */
      const later = 1;
      export { later };`;
    expect(silentExports("x.ts", code)).toEqual([]);
  });
});

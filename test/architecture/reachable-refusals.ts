import { join } from "node:path";
import ts from "typescript";

/** What the code of a mutation can come to, as far as its text tells: more than what really happens, never less. */
export interface Reachable {
  codes: Set<string>;
  events: Set<string>;
}

/** Finds, for every mutation of the product, which refusals and events its code can reach. */
export function reachableByMutation(root: string): Map<string, Reachable> {
  const program = programOf(root);
  const checker = program.getTypeChecker();
  const walker = new Walker(checker, join(root, "src"), program.getSourceFiles());
  const found = new Map<string, Reachable>();
  for (const source of program.getSourceFiles()) {
    if (!source.fileName.startsWith(join(root, "src"))) continue;
    ts.forEachChild(source, (statement) => {
      if (!ts.isVariableStatement(statement)) return;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!initializer || !ts.isCallExpression(initializer)) continue;
        if (initializer.expression.getText() !== "defineMutation") continue;
        const perform = initializer.arguments[1];
        if (perform) found.set(name.getText(), walker.from(perform));
      }
    });
  }
  return found;
}

function programOf(root: string): ts.Program {
  const file = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram([join(root, "resolvers/index.ts")], { ...options, noEmit: true });
}

/** Interfaces whose methods refuse, and the file in `src` that implements them. */
const IMPLEMENTED_IN: Readonly<Record<string, string>> = { WebhookDependencies: "webhooks/open-webhooks.ts" };

/** Walks from a function through everything of ours that it names. */
class Walker {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly ours: string,
    private readonly sources: readonly ts.SourceFile[],
  ) {}

  from(start: ts.Node): Reachable {
    const reached: Reachable = { codes: new Set(), events: new Set() };
    const seen = new Set<ts.Node>();
    const left: ts.Node[] = [start];
    for (let node = left.pop(); node; node = left.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      this.look(node, reached, left);
    }
    return reached;
  }

  private look(node: ts.Node, reached: Reachable, left: ts.Node[]): void {
    if (ts.isPropertyAccessExpression(node) && this.isCatalogue(node.expression))
      reached.codes.add(node.name.text);
    // A function that records what it is told to is called with the event's name.
    if (ts.isCallExpression(node) && /(^|\.)record\w*$/.test(node.expression.getText()))
      for (const argument of node.arguments)
        if (ts.isStringLiteral(argument)) reached.events.add(argument.text);
    if (ts.isIdentifier(node)) left.push(...this.bodiesOf(node));
    ts.forEachChild(node, (child) => void left.push(child));
  }

  /** Where a name stands for a function, a method, a class or a constant of ours: what runs then. */
  private bodiesOf(name: ts.Identifier): ts.Node[] {
    let symbol = this.checker.getSymbolAtLocation(name);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    const ours = (symbol?.declarations ?? []).filter((declaration) =>
      declaration.getSourceFile().fileName.startsWith(this.ours),
    );
    return ours.flatMap((declaration): ts.Node[] => {
      if (ts.isClassDeclaration(declaration)) return declaration.members.filter(ts.isConstructorDeclaration);
      if (ts.isMethodSignature(declaration)) return this.implementationsOf(declaration);
      if (ts.isPropertySignature(declaration)) return this.contributionsOf(declaration);
      if (ts.isVariableDeclaration(declaration)) return isCatalogueOf(declaration) ? [] : [declaration];
      if (ts.isPropertyDeclaration(declaration))
        return declaration.initializer ? [declaration.initializer] : [];
      return ts.isFunctionLike(declaration) ? [declaration] : [];
    });
  }

  /** What is behind a method of an interface that an area is given from outside. */
  private implementationsOf({ name, parent }: ts.MethodSignature): ts.Node[] {
    const isGiven = ts.isInterfaceDeclaration(parent) && parent.name.text in IMPLEMENTED_IN;
    if (!isGiven) return [];
    const file = join(this.ours, IMPLEMENTED_IN[parent.name.text] ?? "");
    return this.propertiesOf(name.getText(), (source) => source === file);
  }

  /** What areas contribute to a use case that does not know them. */
  private contributionsOf({ name, parent }: ts.PropertySignature): ts.Node[] {
    const isContribution = ts.isInterfaceDeclaration(parent) && parent.name.text === "Contributions";
    if (!isContribution) return [];
    return this.propertiesOf(
      name.getText(),
      (file) => file.startsWith(this.ours) && file.endsWith("/area.ts"),
    );
  }

  /** The properties and methods of this name of the objects in some files. */
  private propertiesOf(name: string, isIn: (file: string) => boolean): ts.Node[] {
    const found: ts.Node[] = [];
    const look = (node: ts.Node): void => {
      const isIt =
        (ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node)) && node.name.getText() === name;
      if (isIt) found.push(node);
      else ts.forEachChild(node, look);
    };
    for (const source of this.sources) if (isIn(source.fileName)) look(source);
    return found;
  }

  private isCatalogue(expression: ts.Expression): boolean {
    return this.checker.getTypeAtLocation(expression).getProperty("definitions") !== undefined;
  }
}

function isCatalogueOf({ initializer }: ts.VariableDeclaration): boolean {
  return (
    initializer !== undefined &&
    ts.isCallExpression(initializer) &&
    initializer.expression.getText() === "errorCatalogue"
  );
}

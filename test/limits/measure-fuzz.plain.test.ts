import fc from "fast-check";
import {
  type DocumentNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  validate,
} from "graphql";
import { compileCost } from "../../src/transport/limits/operation-cost";
import { sizeOf } from "../../src/transport/limits/operation-size";
import { schema } from "./operations";
import { randomDocuments } from "./random-document";
import { cpuTakenMs } from "./cpu-growth";

/** Writes fragments out where they are spread, as inline ones; the measures must not see a difference. */
function writtenOut(document: DocumentNode): OperationDefinitionNode {
  const operation = getOperationAST(document);
  if (!operation) throw new Error("there is one operation");
  const expand = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((node): SelectionNode => {
      if (node.kind !== Kind.FRAGMENT_SPREAD)
        return node.selectionSet ? { ...node, selectionSet: expand(node.selectionSet) } : node;
      const found = document.definitions.find(
        (other) => other.kind === Kind.FRAGMENT_DEFINITION && other.name.value === node.name.value,
      );
      if (found?.kind !== Kind.FRAGMENT_DEFINITION) throw new Error("a valid document has its fragments");
      const { typeCondition, selectionSet } = found;
      const { directives } = node;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet: expand(selectionSet) };
    }),
  });
  return { ...operation, selectionSet: expand(operation.selectionSet) };
}

/** Counts what is written, plainly. */
function counted(set: SelectionSetNode): { depth: number; fields: number; aliases: number } {
  const sum = { depth: 0, fields: 0, aliases: 0 };
  for (const node of set.selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) throw new Error("fragments are written out");
    const inside = node.selectionSet ? counted(node.selectionSet) : { depth: 0, fields: 0, aliases: 0 };
    const own = node.kind === Kind.FIELD ? 1 : 0;
    sum.depth = Math.max(sum.depth, inside.depth + own);
    sum.fields += inside.fields + own;
    sum.aliases += inside.aliases + (node.kind === Kind.FIELD && node.alias ? 1 : 0);
  }
  return sum;
}

it("any valid document is measured without trouble, as it would be with its fragments written out", () => {
  let looked = 0;
  fc.assert(
    fc.property(randomDocuments, ({ text, variables }) => {
      const document = parse(text);
      fc.pre(validate(schema, document).length === 0);
      looked++;
      const operation = getOperationAST(document);
      if (!operation) throw new Error("there is one operation");
      const startedAt = cpuTakenMs();
      const size = sizeOf(schema, document, operation);
      const cost = compileCost(schema, document, operation)(variables);
      expect(cpuTakenMs() - startedAt).toBeLessThan(500);
      expect(cost).toBeGreaterThanOrEqual(1);
      expect(Number.isSafeInteger(cost)).toBe(true);
      const whole = writtenOut(document);
      expect(size).toEqual(sizeOf(schema, document, whole));
      expect(size).toMatchObject(counted(whole.selectionSet));
      expect(cost).toBe(compileCost(schema, document, whole)(variables));
    }),
    { numRuns: 300 },
  );
  expect(looked).toBeGreaterThanOrEqual(300);
});

import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, TokenKind } from "graphql";
import type { Limits } from "../../config/limits";
import { type AskedField, type Fold, foldOperation } from "./fold-operation";

/** How large an operation is, with its fragments written out where they are spread. */
export interface OperationSize {
  depth: number;
  aliases: number;
  fields: number;
  /** The most that one field of one type stands in one selection set. */
  sameField: number;
  directives: number;
  /** The length of the document's longest name, in UTF-16 code units. */
  name: number;
  /** The length of the document's longest text, in UTF-16 code units. */
  text: number;
  /** Whether it asks what the schema is. */
  introspects: boolean;
}

/** One limit that an operation is beyond. */
export interface Excess {
  limit: string;
  maximum: number;
  found: number;
}

interface Part extends Omit<OperationSize, "name" | "text"> {
  /** How often each field stands in this selection set itself. */
  here: ReadonlyMap<string, number>;
}

/** Measures a valid operation, in time that grows with its document only. */
export function sizeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationSize {
  const { depth, aliases, fields, sameField, directives, introspects } = foldOperation(
    schema,
    document,
    operation,
    sizes,
  );
  const atTheTop =
    (operation.directives?.length ?? 0) +
    (operation.variableDefinitions ?? []).reduce((sum, { directives: own }) => sum + (own?.length ?? 0), 0);
  const counts = { depth, aliases, fields, sameField, directives: plus(directives, atTheTop) };
  return { ...counts, ...longestTokens(document), introspects };
}

/** A long alias is repeated in each row of the answer, so names have a limit as texts do. */
function longestTokens({ loc }: DocumentNode): Pick<OperationSize, "name" | "text"> {
  const longest = { name: 0, text: 0 };
  for (let token = loc?.startToken; token; token = token.next ?? undefined) {
    const length = token.value?.length ?? 0;
    if (token.kind === TokenKind.NAME) longest.name = Math.max(longest.name, length);
    else if (token.kind !== TokenKind.COMMENT) longest.text = Math.max(longest.text, length);
  }
  return longest;
}

const CHECKED = ["depth", "aliases", "fields", "sameField", "directives", "name", "text"] as const;

/** The first limit that an operation of this size is beyond, where there is one. */
export function excessOf(size: OperationSize, limits: Limits): Excess | undefined {
  const limit = CHECKED.find((name) => size[name] > limits[name]);
  return limit && { limit, maximum: limits[limit], found: size[limit] };
}

/** Fragments within fragments can stand for more fields than a number can count. */
function plus(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

const nothing: Part = {
  depth: 0,
  aliases: 0,
  fields: 0,
  sameField: 0,
  directives: 0,
  introspects: false,
  here: new Map(),
};

const sizes: Fold<Part> = {
  field: (field, inside = nothing) => {
    const { node, parent } = field;
    const { name, alias, directives } = node;
    return {
      depth: inside.depth + (isWrapper(field) ? 0 : 1),
      aliases: plus(inside.aliases, alias ? 1 : 0),
      fields: plus(inside.fields, 1),
      sameField: Math.max(inside.sameField, 1),
      directives: plus(inside.directives, directives?.length ?? 0),
      introspects: inside.introspects || name.value === "__schema" || name.value === "__type",
      here: new Map([[`${parent.name}.${name.value}`, 1]]),
    };
  },
  fragment: ({ directives }, inside) => {
    const own = directives?.length ?? 0;
    return own === 0 ? inside : { ...inside, directives: plus(inside.directives, own) };
  },
  together: (parts) => {
    const here = new Map<string, number>();
    const sum = { ...nothing, here };
    for (const part of parts) {
      sum.depth = Math.max(sum.depth, part.depth);
      sum.aliases = plus(sum.aliases, part.aliases);
      sum.fields = plus(sum.fields, part.fields);
      sum.directives = plus(sum.directives, part.directives);
      sum.introspects ||= part.introspects;
      sum.sameField = Math.max(sum.sameField, part.sameField);
      for (const [field, count] of part.here) here.set(field, plus(here.get(field) ?? 0, count));
    }
    sum.sameField = Math.max(sum.sameField, ...here.values());
    return sum;
  },
};

/**
 * `ofType` takes the list or non-null off a type and leads to no new object, but the introspection query of every tool
 * writes nine of them into each other.
 */
function isWrapper({ node, parent }: AskedField): boolean {
  return parent.name === "__Type" && node.name.value === "ofType";
}

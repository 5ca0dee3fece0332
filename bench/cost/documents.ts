import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isNonNullType,
  Kind,
  parse,
  validate,
} from "graphql";
import { compileCost } from "../../src/transport/limits/operation-cost";

/** A document of the generator. */
export interface CostDocument {
  /** The path of its fields, and the sizes of its pages. */
  name: string;
  query: string;
  points: number;
}

/** What the generator goes by. */
export interface DocumentOptions {
  schema: GraphQLSchema;
  /** The arguments of each root field, several variants of them; a field that is not named has none. */
  argumentsOf: Record<string, string[]>;
  maxPoints: number;
  maxDepth: number;
}

type AnyField = GraphQLField<unknown, unknown>;

/** One way down the schema: a root field with its arguments, then composite fields. */
interface Path {
  fields: AnyField[];
  rootArguments: string;
}

const PAGE_SIZES = [500, 100, 50, 20, 10, 5, 2, 1];

/**
 * The worst that one can nest: for every root query field and every way down to `maxDepth` composite fields, a document
 * with all leaves of every object on the way, once with the largest outer page and once with the largest inner page that
 * the limit of points allows; and each root field with a single leaf and its largest page.
 */
export function generateDocuments(options: DocumentOptions): CostDocument[] {
  const root = options.schema.getQueryType();
  if (!root) throw new Error("the schema has no query type");
  const found = Object.values(root.getFields()).flatMap((field) =>
    (options.argumentsOf[field.name] ?? [""]).flatMap((rootArguments) => {
      const paths = pathsFrom(field, options).map((fields) => ({ fields, rootArguments }));
      return [
        sized({ fields: [field], rootArguments }, options, [...PAGE_SIZES], "one leaf"),
        ...paths.flatMap((path) => [
          sized(path, options, PAGE_SIZES, "outer"),
          sized(path, options, PAGE_SIZES, "inner"),
          sized(path, options, PAGE_SIZES, "with counts"),
        ]),
      ];
    }),
  );
  const byQuery = new Map(found.filter((one) => one !== undefined).map((one) => [one.query, one]));
  return [...byQuery.values()];
}

/** All ways down from a field, itself first; no way names one field twice. */
function pathsFrom(field: AnyField, { schema, maxDepth }: DocumentOptions): AnyField[][] {
  const found: AnyField[][] = [];
  const walk = (fields: AnyField[]) => {
    found.push(fields);
    if (fields.length >= maxDepth) return;
    const last = fields[fields.length - 1];
    const type = last && rowTypeOf(schema, last);
    if (!type) return;
    for (const next of compositeFieldsOf(schema, type))
      if (!fields.some(({ name, type: known }) => name === next.name && known === next.type))
        walk([...fields, next]);
  };
  walk([field]);
  return found;
}

/** Which leaves of each object: counts have a price of their own. */
const LEAVES = { outer: "all", inner: "all", "one leaf": "one", "with counts": "counts" } as const;
type Leaves = (typeof LEAVES)[keyof typeof LEAVES];

function sized(
  path: Path,
  options: DocumentOptions,
  sizes: readonly number[],
  largest: "outer" | "inner" | "one leaf" | "with counts",
): CostDocument | undefined {
  const pages = path.fields.filter(hasPages);
  const leaves = LEAVES[largest];
  for (const size of sizes) {
    const at = largest === "inner" ? pages.length - 1 : 0;
    const sizeOf = (field: AnyField) => (field === pages[at] ? size : largest === "inner" ? 1 : 3);
    const query = textOf(path, options.schema, sizeOf, leaves);
    const document = parse(query);
    const [mistake] = validate(options.schema, document);
    if (mistake) throw new Error(`${query}: ${mistake.message}`);
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
    const points = compileCost(options.schema, document, operation)({});
    if (points > options.maxPoints) continue;
    const name = path.fields
      .map((field) => field.name + (hasPages(field) ? `(${sizeOf(field)})` : ""))
      .join(".");
    const suffix = leaves === "all" ? "" : ` ${largest}`;
    const given = path.rootArguments && ` ${path.rootArguments.replace(/"[^"]{20,}"/g, '"…"')}`;
    return { name: name + given + suffix, query, points };
  }
  return undefined;
}

function textOf(
  { fields, rootArguments }: Path,
  schema: GraphQLSchema,
  sizeOf: (field: AnyField) => number,
  leaves: Leaves,
): string {
  let inner = "";
  for (const field of [...fields].reverse()) {
    const type = rowTypeOf(schema, field);
    const own = type ? leavesOf(schema, type, leaves) : "";
    const isRoot = field === fields[0];
    const given = [hasPages(field) ? `first: ${sizeOf(field)}` : "", isRoot ? rootArguments : ""].filter(
      Boolean,
    );
    const args = given.length > 0 ? `(${given.join(", ")})` : "";
    const selection = `${own} ${inner}`.trim();
    const rows = isConnection(field)
      ? `{ ${leaves === "one" ? "" : "pageInfo { endCursor }"} nodes { ${selection} } }`
      : `{ ${selection} }`;
    inner = `${field.name}${args} ${rows}`;
  }
  return `{ ${inner} }`;
}

/** The type of a field's rows: of a connection's nodes, of a list's members, or of the one object. */
function rowTypeOf(schema: GraphQLSchema, field: AnyField): GraphQLCompositeType | undefined {
  const type = getNamedType(field.type);
  if (!isCompositeType(type)) return undefined;
  const nodes = "getFields" in type ? type.getFields().nodes : undefined;
  const row = nodes ? getNamedType(nodes.type) : type;
  return isCompositeType(row) ? row : undefined;
}

/** Whether a field gives a connection, whose rows are its `nodes`. */
function isConnection(field: AnyField): boolean {
  const type = getNamedType(field.type);
  return isCompositeType(type) && "getFields" in type && type.getFields().nodes !== undefined;
}

function hasPages(field: AnyField): boolean {
  return field.args.some(({ name }) => name === "first");
}

function leavesOf(schema: GraphQLSchema, type: GraphQLCompositeType, which: Leaves): string {
  if (!isAbstractType(type)) return leafNamesOf(type, which).join(" ");
  const shared = "getFields" in type ? leafNamesOf(type, "all") : [];
  if (which === "one") return shared[0] ?? "__typename";
  const possible = schema.getPossibleTypes(type);
  const own = possible.map((each) => {
    const names = leafNamesOf(each, "all").filter(
      (name) => !shared.includes(name) && hasOneType(possible, name),
    );
    return names.length > 0 ? `... on ${each.name} { ${names.join(" ")} }` : "";
  });
  return `${shared.join(" ")} __typename ${own.join(" ")}`;
}

/** Whether a field has the same type in all objects that have it: others cannot stand in one place without an alias. */
function hasOneType(types: readonly GraphQLObjectType[], name: string): boolean {
  return new Set(types.flatMap((type) => type.getFields()[name]?.type.toString() ?? [])).size === 1;
}

function leafNamesOf(type: GraphQLCompositeType, which: Leaves): string[] {
  if (!("getFields" in type)) return ["__typename"];
  const names = Object.values(type.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)) && isOptional(field))
    .filter(({ name }) => which === "counts" || !name.endsWith("Count"))
    .map(({ name }) => name);
  return which === "one" ? names.slice(0, 1) : names.length > 0 ? names : ["__typename"];
}

function isOptional({ args }: AnyField): boolean {
  return args.every(({ type, defaultValue }) => !isNonNullType(type) || defaultValue !== undefined);
}

function compositeFieldsOf(schema: GraphQLSchema, type: GraphQLCompositeType): AnyField[] {
  if (!("getFields" in type)) return [];
  return Object.values(type.getFields()).filter(
    (field) => isCompositeType(getNamedType(field.type)) && isOptional(field),
  );
}

import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isObjectType,
  stripIgnoredCharacters,
} from "graphql";
import { buildApiSchema, permissionOf } from "../../src/transport/graphql/schema";

/** The schema that the server serves: everything here is generated from it. */
export const schema: GraphQLSchema = buildApiSchema();

/** A field that a caller can begin with, and the document that asks for all that it can give. */
export interface RootField {
  name: string;
  operation: "query" | "mutation" | "subscription";
  permission: string;
  args: readonly GraphQLArgument[];
  /** Arguments of fields further down, each under the variable that the document gives it. */
  nested: NestedArgument[];
  document: string;
  /** A document that asks for nothing, for a caller that shall be refused. */
  brief: string;
  /** Whether it gives a page of a list. */
  isList: boolean;
  type: GraphQLOutputType;
}

/** An argument of a field that is not a root field. */
export interface NestedArgument {
  variable: string;
  type: GraphQLInputType;
  name: string;
}

/** How many objects stand inside each other, a page and its edges counted as one. */
const DEPTH = 3;

/** Of an interface with more members than this, each member shows one object less deep: a document has its bounds. */
const MANY_MEMBERS = 12;

type Output = GraphQLField<unknown, unknown>;

/** Every field of Query, Mutation and Subscription with its document. */
export const allRootFields: RootField[] = [
  ...rootFieldsOf("query", schema.getQueryType()),
  ...rootFieldsOf("mutation", schema.getMutationType()),
  ...rootFieldsOf("subscription", schema.getSubscriptionType()),
];

/** One root field by name. */
export function rootField(operation: RootField["operation"], name: string): RootField {
  const found = allRootFields.find((field) => field.operation === operation && field.name === name);
  if (!found) throw new Error(`the schema has no ${operation} ${name}`);
  return found;
}

function rootFieldsOf(
  operation: RootField["operation"],
  root: GraphQLObjectType | null | undefined,
): RootField[] {
  return Object.values(root?.getFields() ?? {}).map((field) => {
    const nested = new Map<string, NestedArgument>();
    const selection = selectionOf(getNamedType(field.type).name, DEPTH, nested);
    const ownVariables = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`);
    const declared = [
      ...ownVariables,
      ...[...nested.values()].map(({ variable, type }) => `$${variable}: ${String(type)}`),
    ];
    const given = field.args.map((arg) => `${arg.name}: $${arg.name}`);
    const inBrackets = (parts: string[]) => (parts.length > 0 ? `(${parts.join(", ")})` : "");
    const call = `${field.name}${inBrackets(given)}`;
    return {
      name: field.name,
      operation,
      permission: permissionOf(field) ?? "",
      args: field.args,
      nested: [...nested.values()],
      // Without spaces, because a text of more than 16 kB would be parsed and validated each time.
      document: stripIgnoredCharacters(`${operation} Probe${inBrackets(declared)} { ${call}${selection} }`),
      brief: `${operation} Brief${inBrackets(ownVariables)} { ${call} { __typename } }`,
      isList: getNamedType(field.type).name.endsWith("Connection"),
      type: field.type,
    };
  });
}

function selectionOf(typeName: string, depth: number, nested: Map<string, NestedArgument>): string {
  const type = schema.getType(typeName);
  if (isLeafType(type)) return "";
  if (isAbstractType(type)) {
    const members = [...schema.getPossibleTypes(type)];
    if (members.length > MANY_MEMBERS) depth = Math.min(depth, 2);
    const parts = members.map(
      (member) => `... on ${member.name} ${fieldsOf(member, depth, nested, members)}`,
    );
    return ` { __typename ${parts.join(" ")} }`;
  }
  if (!isObjectType(type)) throw new Error(`${typeName} cannot be selected`);
  return ` ${fieldsOf(type, depth, nested, [])}`;
}

function fieldsOf(
  type: GraphQLObjectType,
  depth: number,
  nested: Map<string, NestedArgument>,
  siblings: GraphQLObjectType[],
): string {
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    const isWrapper = /(Connection|Edge)$/.test(type.name) || inner.name === "PageInfo";
    const left = isLeafType(inner) || isWrapper ? depth : depth - 1;
    if (left < 0) return [];
    // The nodes of a page are asked for whole; its edges only tell which cursor is whose.
    const isEdge = type.name.endsWith("Edge") && !isLeafType(inner);
    const selection = isEdge ? " { __typename id }" : selectionOf(inner.name, left, nested);
    if (!isLeafType(inner) && /^ *\{ *(__typename *)?\}$/.test(selection)) return [];
    const alias = clashes(field, siblings) ? `${type.name}_${field.name}: ` : "";
    return [`${alias}${field.name}${argumentsOf(type, field, nested)}${selection}`];
  });
  return `{ ${["__typename", ...parts].join(" ")} }`;
}

/** Two members of an interface may call things of different types the same; a document must tell them apart. */
function clashes(field: Output, siblings: GraphQLObjectType[]): boolean {
  const types = siblings.map((sibling) => sibling.getFields()[field.name]?.type).filter(Boolean);
  return new Set(types.map(String)).size > 1;
}

function argumentsOf(type: GraphQLObjectType, field: Output, nested: Map<string, NestedArgument>): string {
  const given = field.args
    .filter((arg) => !/^(first|last)$/.test(arg.name))
    .map((arg) => {
      const variable = `${type.name}_${field.name}_${arg.name}`;
      nested.set(variable, { variable, type: getNullableType(arg.type), name: arg.name });
      return `${arg.name}: $${variable}`;
    });
  return given.length > 0 ? `(${given.join(", ")})` : "";
}

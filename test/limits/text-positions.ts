import {
  getNamedType,
  getNullableType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
} from "graphql";
import { allRootFields, type RootField } from "../isolation/documents";

/** A place where a caller can write a text: an argument or an input field, of whatever type. */
export interface TextPosition {
  field: RootField;
  /** Where it stands among the variables. */
  path: string[];
  isList: boolean;
  /** The name of the type of what stands there. */
  typeName: string;
}

/** Arguments of fields that are not root fields, which many documents have: one document each. */
const nested = new Set<string>();

/** Every argument and every input field of the schema, at each root field that takes it. */
export const allTextPositions: TextPosition[] = allRootFields.flatMap((field) => {
  const found: TextPosition[] = [];
  const visit = (type: GraphQLInputType, path: string[]) => {
    const named = getNamedType(type);
    if (isInputObjectType(named))
      for (const part of Object.values(named.getFields())) visit(part.type, [...path, part.name]);
    else found.push({ field, path, isList: isListType(getNullableType(type)), typeName: named.name });
  };
  for (const { name, type } of field.args) visit(type, [name]);
  // Those of a live field are read when an event comes.
  for (const { variable, type } of field.operation === "query" ? field.nested : []) {
    if (!nested.has(variable)) visit(type, [variable]);
    nested.add(variable);
  }
  return found;
});

/** Whether a position is an argument of the root field itself, or an input field in one. */
export function isOfRootField({ field, path }: TextPosition): boolean {
  return field.args.some(({ name }) => name === path[0]);
}

/** Whether a text belongs at a position, so that more than its type is looked at. */
export function takesText({ typeName }: TextPosition): boolean {
  return ["String", "ID", "DateTime"].includes(typeName);
}

/** How a position is called in messages. */
export function positionName({ field, path }: TextPosition): string {
  return `${field.operation} ${field.name}(${path.join(".")})`;
}

/** The same variables with a text put at a position. */
export function withText(variables: object, { path, isList }: TextPosition, text: string): object {
  const copy: Record<string, unknown> = structuredClone({ ...variables });
  let place = copy;
  for (const step of path.slice(0, -1)) place = (place[step] ??= {}) as Record<string, unknown>;
  place[path.at(-1) ?? ""] = isList ? [text] : text;
  return copy;
}

/** A document that has variables of a root field written out in it; `text` is written as a text, whatever belongs there. */
export function documentWithLiterals(
  { operation, name, args, type }: RootField,
  variables: Record<string, unknown>,
  text: string,
): string {
  const given = args
    .filter((arg) => variables[arg.name] !== undefined)
    .map((arg) => `${arg.name}: ${literal(variables[arg.name], arg.type, text)}`);
  const call = given.length > 0 ? `${name}(${given.join(", ")})` : name;
  return `${operation} { ${call}${isEnumType(getNamedType(type)) ? "" : " { __typename }"} }`;
}

function literal(value: unknown, type: GraphQLInputType, text: string): string {
  if (Array.isArray(value)) {
    const nullable = getNullableType(type);
    const inner = isListType(nullable) ? nullable.ofType : nullable;
    return `[${value.map((each) => literal(each, inner, text)).join(", ")}]`;
  }
  const named = getNamedType(type);
  if (isInputObjectType(named) && typeof value === "object" && value !== null) {
    const fields = named.getFields();
    const parts = Object.entries(value).map(
      ([key, part]) => `${key}: ${literal(part, fields[key].type, text)}`,
    );
    return `{ ${parts.join(", ")} }`;
  }
  return isEnumType(named) && value !== text ? String(value) : JSON.stringify(value);
}

import { getNamedType, type GraphQLInputType, isEnumType, isInputObjectType } from "graphql";
import type { RootField } from "../isolation/documents";

/** Gives a value for a part of an argument that is no enum: of an id, a text, a cursor, an instant. */
export type Fill = (name: string, typeName: string) => unknown;

type Variables = Record<string, unknown>;

/** The most rows that a page may have. */
const MAX_PAGE_SIZE = 500;

/** Ways to ask a query: with nothing, with each argument alone, and with each of its parts and values; each also from a later page on. */
export function variantsOf(field: RootField, fill: Fill): Variables[] {
  const alone = field.args
    .filter(({ name }) => name !== "after" && name !== "first")
    .flatMap(({ name, type }) => valuesOf(name, type, fill).map((value) => ({ [name]: value })));
  const asked: Variables[] = field.isList
    ? [{}, { first: MAX_PAGE_SIZE }, ...alone, ...pairsOf(field, fill)]
    : alone;
  const later = field.args.some(({ name }) => name === "after")
    ? asked.map((variables) => ({ ...variables, after: fill("after", "String") }))
    : [];
  return [...asked, ...later].length > 0 ? [...asked, ...later] : [{}];
}

/** Each two arguments, and each two parts of one, with one value each: what takes several conditions at once. */
function pairsOf(field: RootField, fill: Fill): Variables[] {
  return twoOf(
    field.args
      .filter(({ name }) => name !== "after" && name !== "first")
      .map(({ name, type }) => [name, partPair(type, fill) ?? valuesOf(name, type, fill)[0]]),
  ).concat(
    field.args.flatMap(({ name, type }) => {
      const pair = partPair(type, fill);
      return pair === undefined ? [] : [{ [name]: pair }];
    }),
  );
}

/** The first two parts of an input object that may be left out, if it has as many. */
function partPair(type: GraphQLInputType, fill: Fill): Variables | undefined {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return undefined;
  const parts = Object.values(named.getFields()).filter(({ type: part }) => !String(part).endsWith("!"));
  const [pair] = twoOf(parts.map((part) => [part.name, valuesOf(part.name, part.type, fill)[0]]));
  return pair;
}

function twoOf(values: (readonly [name: string, value: unknown])[]): Variables[] {
  return values.flatMap(([name, value], at) =>
    values.slice(at + 1).map(([otherName, other]) => ({ [name]: value, [otherName]: other })),
  );
}

function valuesOf(name: string, type: GraphQLInputType, fill: Fill): unknown[] {
  const named = getNamedType(type);
  const wrap = (value: unknown) => (String(type).startsWith("[") ? [value] : value);
  if (isEnumType(named)) return named.getValues().map((value) => wrap(value.name));
  if (named.name === "Boolean") return [true, false];
  if (!isInputObjectType(named)) return [wrap(fill(name, named.name))];
  const parts = Object.values(named.getFields()).map(
    (part) => [part.name, valuesOf(part.name, part.type, fill)] as const,
  );
  // What must be given together is: a field to order by and its direction.
  const needed = Object.values(named.getFields()).filter(({ type: part }) => String(part).endsWith("!"));
  if (needed.length > 0) {
    return parts.reduce<Variables[]>(
      (all, [part, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [part]: value }))),
      [{}],
    );
  }
  return parts.flatMap(([part, values]) => values.map((value) => ({ [part]: value })));
}

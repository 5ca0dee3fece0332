import {
  type DocumentNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type ValueNode,
} from "graphql";
import { MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE } from "../../errors/field-checks";
import { type AskedField, type Fold, foldOperation, isMutation } from "./fold-operation";
import { IntrospectionPrices } from "./introspection-price";

/** In points; docs/limits.md tells the rules. */
export const prices = {
  /** A quarter: an object in a page takes that part of the time that any operation takes (`npm run bench:cost`). */
  object: 0.25,
  totalCount: 10,
  mutation: 10,
  /** A field of the operation that the caller may not use: the attempt is written into the activity log. */
  forbidden: 10,
  /** Rows of a list that has no `first` and says nothing of its own (`@Extensions({ listSize })`). */
  usualList: 10,
} as const;

/** Every operation costs something, also one that is refused, so that a flood of empty ones comes to an end. */
export const MIN_PRICE = 1;

/** What the caller's variables say about an operation. */
export type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** Tells an operation's whole points from its variables: everything else was worked out before. */
export type CostOf = (variables: Variables) => number;

/** A page's rows: written in the document, or a variable's value; `usual` where that is null. */
type PageSize = number | { variable: string; orElse: number; usual: number };

/** The default values of an operation's variables. */
type Defaults = ReadonlyMap<string, ValueNode | undefined>;

/** A sum that may depend on variables. Amounts are shared, as the fragments are that they come from. */
interface Amount {
  fixed: number;
  terms: { size: PageSize; times: Amount }[];
}

/** What selections cost once, and what they cost for each row of the page that they stand in. */
interface Part {
  once: Amount;
  perRow: Amount;
}

/** Works out once what a valid operation costs. */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CostOf {
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue,
    ]),
  );
  const { once, perRow } = foldOperation(
    schema,
    document,
    operation,
    costs(schema, defaults, new IntrospectionPrices(schema, document)),
  );
  const whole = sum([once, times(prices.usualList, perRow)]);
  return (variables) => Math.max(MIN_PRICE, Math.ceil(valueOf(whole, variables, new Map())));
}

function costs(schema: GraphQLSchema, defaults: Defaults, introspection: IntrospectionPrices): Fold<Part> {
  return {
    field: (field, inside) => {
      const { definition, node, parent } = field;
      if (definition === SchemaMetaFieldDef || definition === TypeMetaFieldDef)
        return onceOnly(introspection.priceOf(node, definition));
      // Within those two, whose price has it all; or `__typename`.
      if (parent.name.startsWith("__") || definition.name.startsWith("__")) return onceOnly(0);
      if (!isCompositeType(getNamedType(definition.type)))
        return onceOnly(isCount(definition) ? prices.totalCount : 0);
      const page = pageOf(field, defaults);
      const size = page ?? listSizeOf(definition) ?? prices.usualList;
      const inner = inside ? sum([inside.once, times(size, inside.perRow)]) : none;
      const one = sum([constant(objectPrice(definition)), inner]);
      const isList = isListType(getNullableType(definition.type));
      if (!isList) return onceOnly(isMutation(schema, field) ? prices.mutation : 0, one);
      const known = page ?? listSizeOf(definition);
      // A list without a size of its own is what a connection's page is made of.
      return known === undefined ? { once: none, perRow: one } : onceOnly(0, times(known, one));
    },
    fragment: (_node, inside) => inside,
    together: (parts) => ({
      once: sum(parts.map(({ once }) => once)),
      perRow: sum(parts.map(({ perRow }) => perRow)),
    }),
  };
}

const none: Amount = { fixed: 0, terms: [] };

function constant(fixed: number): Amount {
  return fixed === 0 ? none : { fixed, terms: [] };
}

function onceOnly(fixed: number, amount: Amount = none): Part {
  return { once: sum([constant(fixed), amount]), perRow: none };
}

/** A count reads rows that no page gives: `totalCount`, and what says so of itself (`@Extensions({ isCount: true })`). */
function isCount({ name, extensions }: GraphQLField<unknown, unknown>): boolean {
  return name === "totalCount" || extensions.isCount === true;
}

/** Edges and page info are a connection's own parts. */
function objectPrice({ type }: GraphQLField<unknown, unknown>): number {
  return /(Edge|^PageInfo)$/.test(getNamedType(type).name) ? 0 : prices.object;
}

function listSizeOf({ extensions }: GraphQLField<unknown, unknown>): number | undefined {
  const said = extensions.listSize;
  return typeof said === "number" ? said : undefined;
}

function pageOf({ node, definition }: AskedField, defaults: Defaults): PageSize | undefined {
  const argument = definition.args.find(({ name }) => name === "first");
  if (!argument) return undefined;
  const usual = rows(argument.defaultValue, DEFAULT_PAGE_SIZE);
  const written = node.arguments?.find(({ name }) => name.value === "first")?.value;
  if (written?.kind !== Kind.VARIABLE) return rowsWritten(written, usual);
  const variable = written.name.value;
  return { variable, orElse: rowsWritten(defaults.get(variable), usual), usual };
}

function rowsWritten(value: ValueNode | undefined, usual: number): number {
  return rows(value?.kind === Kind.INT ? Number(value.value) : undefined, usual);
}

/** The rows that a value makes: what lies outside 1 to 500, or is no number, is refused when it runs and reads none. */
function rows(value: unknown, usual: number): number {
  if (typeof value !== "number" || Number.isNaN(value)) return usual;
  return Math.min(Math.max(Math.trunc(value), 1), MAX_PAGE_SIZE);
}

/** Puts together what needs no variable; what does stays shared, so nothing is ever written out. */
function sum(amounts: Amount[]): Amount {
  const parts = amounts.filter((amount) => amount !== none);
  if (parts.length <= 1) return parts[0] ?? none;
  const fixed = parts.reduce((total, part) => capped(total + part.fixed), 0);
  const [one, ...more] = parts.filter(({ terms }) => terms.length > 0);
  if (!one) return constant(fixed);
  if (more.length === 0) return { fixed, terms: one.terms };
  const terms = [one, ...more].map((part) => ({ size: 1, times: { fixed: 0, terms: part.terms } }));
  return { fixed, terms };
}

function times(size: PageSize, amount: Amount): Amount {
  if (amount === none) return none;
  if (typeof size === "number" && amount.terms.length === 0) return constant(capped(size * amount.fixed));
  return { fixed: 0, terms: [{ size, times: amount }] };
}

function valueOf(amount: Amount, variables: Variables, known: Map<Amount, number>): number {
  if (amount.terms.length === 0) return amount.fixed;
  const before = known.get(amount);
  if (before !== undefined) return before;
  let value = amount.fixed;
  for (const term of amount.terms)
    value = capped(value + sizeNow(term.size, variables) * valueOf(term.times, variables, known));
  known.set(amount, value);
  return value;
}

function sizeNow(size: PageSize, variables: Variables): number {
  if (typeof size === "number") return size;
  if (!variables || !Object.hasOwn(variables, size.variable)) return size.orElse;
  return rows(variables[size.variable], size.usual);
}

function capped(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

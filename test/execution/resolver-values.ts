import {
  type GraphQLEnumType,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLScalarType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { generalErrors } from "../../src/errors/general.errors";
import { withOrigin } from "./describe-value";
import type { Random } from "./random";

/** How often resolvers do what, from 0 to 1. */
export interface ResolverHabits {
  /** Throws, rejects, returns an error, or a value of the wrong type, or null for a field that must not be null. */
  faults: number;
  /** Answers with a promise. */
  promises: number;
  /** Changes its arguments. */
  changesArgs: number;
  /** Has a method where its object could have a property. */
  methods: number;
}

/** What a resolver does, before it becomes a promise or not. */
export type Outcome = { value: unknown } | { thrown: unknown };

/** Makes an object of a type; `key` names the place in the answer that it is for. */
export type MakeObject = (typeName: string, key: string) => object;

interface Making {
  random: Random;
  habits: ResolverHabits;
  schema: { getPossibleTypes(type: never): readonly { name: string }[] };
  makeObject: MakeObject;
  later(outcome: Outcome, random: Random): unknown;
}

/** What a resolver of a field of this type does, by chance. */
export function outcomeFor(type: GraphQLOutputType, key: string, making: Making): Outcome {
  const { random, habits } = making;
  if (random.chance(habits.faults * 0.5)) return { thrown: someError(random, key) };
  if (random.chance(habits.faults * 0.15)) return { value: withOrigin(new Error(`returned at ${key}`), key) };
  return { value: valueFor(type, key, making) };
}

function valueFor(type: GraphQLOutputType, key: string, making: Making): unknown {
  const { random, habits } = making;
  if (isNonNullType(type)) {
    if (random.chance(habits.faults * 0.25)) return random.pick([null, undefined]);
    return valueFor(type.ofType as GraphQLOutputType, key, making);
  }
  if (random.chance(0.08)) return random.pick([null, undefined]);
  if (isListType(type)) return listFor(type.ofType, key, making);
  if (isAbstractType(type)) {
    const possible = making.schema.getPossibleTypes(type as never);
    return making.makeObject(random.pick(possible).name, key);
  }
  if (isObjectType(type)) return making.makeObject(type.name, key);
  if (isEnumType(type)) return enumValue(type, making);
  return scalarValue(type, making);
}

function listFor(itemType: GraphQLOutputType, key: string, making: Making): unknown {
  const { random, habits } = making;
  if (random.chance(habits.faults * 0.15)) return random.pick(["text", 7, { length: 1 }, true]);
  const length = random.chance(0.1) ? 3 + random.below(3) : random.below(3);
  const items = Array.from({ length }, (_, at) => {
    const outcome = outcomeFor(itemType, `${key}/${at}`, making);
    if (random.chance(habits.promises * 0.4)) return making.later(outcome, random);
    // An item cannot be thrown; it can be an error.
    return "thrown" in outcome
      ? withOrigin(new Error(`item ${at} of ${key}`), `${key}/${at}`)
      : outcome.value;
  });
  const form = random.below(10);
  if (form === 0) return new Set(items);
  if (form === 1) return generatorOf(items);
  return items;
}

function* generatorOf(items: unknown[]): Generator<unknown> {
  yield* items;
}

function enumValue(type: GraphQLEnumType, { random, habits }: Making): unknown {
  if (random.chance(habits.faults * 0.2)) return random.pick(["WRONG", 7, {}, ["ACTIVE"]]);
  return random.pick(type.getValues()).value as unknown;
}

const SCALARS: Record<string, { right: readonly unknown[]; wrong: readonly unknown[] }> = {
  Int: { right: [0, 1, -5, 2147483647, "12", true, 3.0], wrong: ["abc", 1.5, 2 ** 40, {}, [], NaN, ""] },
  Float: { right: [0, 1.5, "2.5", false], wrong: ["abc", {}, Infinity] },
  Boolean: { right: [true, false, 1, 0], wrong: ["true", {}, NaN] },
  ID: {
    right: ["id_1", "", 7, { toJSON: () => "id_2" }, { valueOf: () => 3 }],
    wrong: [1.5, true, {}, ["x"]],
  },
  String: {
    right: ["text", "", "Ünïcode ✓ \u2028", 7, true, { valueOf: () => "valued" }],
    wrong: [{}, ["x"], NaN],
  },
  DateTime: { right: ["2026-01-02T03:04:05.678Z"], wrong: ["no time", {}] },
};

function scalarValue({ name }: GraphQLScalarType, { random, habits }: Making): unknown {
  const values = SCALARS[name];
  if (!values) throw new Error(`The resolvers have no values of the scalar ${name}. Add some.`);
  return random.pick(random.chance(habits.faults * 0.25) ? values.wrong : values.right);
}

const ERRORS: readonly ((key: string) => unknown)[] = [
  (key) => new Error(`failed at ${key}`),
  (key) => new TypeError(`wrong type at ${key}`),
  (key) => generalErrors.FIELD_INVALID(`refused at ${key}`, { field: "name" }),
  (key) => generalErrors.FORBIDDEN(`forbidden at ${key}`),
  (key) => new GraphQLError(`graphql error at ${key}`),
  (key) => new GraphQLError(`with extensions at ${key}`, { extensions: { code: "X", deep: { a: [1] } } }),
  (key) => new GraphQLError(`with path at ${key}`, { path: ["some", 1, "where"] }),
  (key) => new GraphQLError(`with cause at ${key}`, { originalError: new Error("cause") }),
  (key) => Object.assign(new Error(`bears extensions at ${key}`), { extensions: { code: "Y" } }),
  (key) =>
    Object.assign(new Error(`bears path at ${key}`), { path: ["own"], locations: [{ line: 9, column: 9 }] }),
  (key) => Object.assign(new Error(`bears nodes at ${key}`), { nodes: [], positions: [1] }),
  (key) => `text at ${key}`,
  () => undefined,
  () => null,
  () => 7,
  (key) => ({ message: `object at ${key}` }),
];

function someError(random: Random, key: string): unknown {
  return withOrigin(random.pick(ERRORS)(key), `thrown at ${key}`);
}

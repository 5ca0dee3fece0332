import {
  getNamedType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from "graphql";
import { SAMPLE_SHARE, type Samples } from "./input-literals";
import type { Random } from "./random";
import type { GeneratedVariable } from "./variables";

/** Values of variables, as a caller sends them. */
export type VariableValues = Record<string, unknown>;

const SCALARS: Record<string, readonly unknown[]> = {
  Int: [0, 1, 2, -1, 17, 3.0, 2147483647],
  Float: [0, 1.5],
  Boolean: [true, false],
  ID: ["cust_01h455vb4pex5vsknk084sn02q", "x", "", 7],
  String: ["", "a", "Ünïcode ✓ 𝒳", "__proto__", " two  words "],
  DateTime: ["2026-01-02T03:04:05.678Z", "2026-11-21T10:00:00Z", "2026-11-21T15:30:00.0159088+05:30"],
};

/** Values of no use for most types. Which of them is valid where is graphql-js' to say. */
const WRONG_VALUES: readonly (() => unknown)[] = [
  () => null,
  () => [],
  () => ({}),
  () => [[]],
  () => "7",
  () => "true",
  () => "ASC",
  () => "NOT_A_VALUE",
  () => "active",
  () => 1.5,
  () => 2 ** 40,
  () => -0,
  () => true,
  () => [null],
  () => ["x", 1, null, {}],
  () => ({ unknownField: 1 }),
  () => JSON.parse('{"__proto__": {"field": "SINCE"}, "constructor": 1}') as unknown,
  () => Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? "WRONG" : at)),
  () => Array.from({ length: 51 }, () => null),
  () => "2026-13-01",
];

interface Making {
  random: Random;
  samples?: Samples;
  /** Puts null and lists where they are not allowed, now and then. */
  isBroken?: boolean;
}

/** Valid values for variables: each one given, null, or left out, where its type allows that. */
export function validValues(
  variables: Iterable<GeneratedVariable>,
  random: Random,
  samples?: Samples,
): VariableValues {
  const values: VariableValues = {};
  for (const { name, madeFor, type, defaultLiteral } of variables) {
    const mayBeLeftOut = !isNonNullType(type) || defaultLiteral !== undefined;
    if (mayBeLeftOut && random.chance(0.35)) continue;
    setOwn(values, name, validValue(type, madeFor, { random, samples }));
  }
  if (random.chance(0.05)) values.notDeclared = { some: ["value"] };
  return values;
}

/** Values of which at least one was made at random, so that most of them are invalid. */
export function invalidValues(
  variables: Iterable<GeneratedVariable>,
  random: Random,
  samples?: Samples,
): VariableValues {
  const all = [...variables];
  const values = validValues(all, random, samples);
  const objects = all.filter(({ type }) => isInputObjectType(getNamedType(type)));
  // Objects can be wrong in more ways than others, and are few.
  const candidates = objects.length > 0 && random.chance(0.5) ? objects : all;
  for (const { name, madeFor, type } of random.shuffled(candidates).slice(0, 1 + random.below(3))) {
    const isObject = isInputObjectType(getNamedType(type));
    const action = isObject && random.chance(0.4) ? 2 : random.below(5);
    if (action === 0) delete values[name];
    else if (action === 2)
      setOwn(values, name, validValue(type, madeFor, { random, samples, isBroken: true }));
    else if (action === 1) setOwn(values, name, random.pick(WRONG_VALUES)());
    else setOwn(values, name, damaged(validValue(type, madeFor, { random, samples }), random));
  }
  return values;
}

function validValue(type: GraphQLInputType, name: string, by: Making): unknown {
  const { random, isBroken } = by;
  if (isNonNullType(type)) return isBroken && random.chance(0.2) ? null : presentValue(type.ofType, name, by);
  return random.chance(0.15) ? null : presentValue(type, name, by);
}

function presentValue(type: GraphQLInputType, name: string, by: Making): unknown {
  const { random, samples } = by;
  if (isNonNullType(type)) return presentValue(type.ofType, name, by);
  if (isListType(type)) {
    const itemType = type.ofType;
    if (random.chance(0.2)) return presentValue(itemType, name, by);
    return Array.from({ length: random.below(4) }, () => validValue(itemType, name, by));
  }
  if (isInputObjectType(type)) {
    if (by.isBroken && random.chance(0.2)) return [];
    const value: VariableValues = {};
    for (const field of random.shuffled(Object.values(type.getFields())))
      if (isRequiredInputField(field) || random.chance(0.45))
        value[field.name] = validValue(field.type, field.name, by);
    return value;
  }
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  const own = samples?.(name, type.name) ?? [];
  if (own.length > 0 && random.chance(SAMPLE_SHARE)) return random.pick(own);
  const values = SCALARS[type.name];
  if (!values) throw new Error(`The generator has no values of the scalar ${type.name}. Add some.`);
  return random.pick(values);
}

/** Puts wrong values into a valid one, at random depth. */
function damaged(value: unknown, random: Random): unknown {
  const wrong = random.pick(WRONG_VALUES)();
  if (Array.isArray(value)) {
    const items = value.map((item) => (random.chance(0.4) ? damaged(item, random) : (item as unknown)));
    return [...items, wrong];
  }
  if (typeof value !== "object" || value === null) return wrong;
  const damagedObject: VariableValues = {};
  for (const [name, inner] of Object.entries(value)) {
    const action = random.below(5);
    if (action === 0) continue;
    damagedObject[name] = action === 1 ? damaged(inner, random) : inner;
  }
  if (random.chance(0.3)) damagedObject[random.pick(["unknown", "toString", "Name", "feild"])] = wrong;
  return damagedObject;
}

/** Sets an own property even if its name is `__proto__`, as JSON.parse does. */
function setOwn(target: VariableValues, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

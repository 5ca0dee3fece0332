import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type GraphQLScalarType,
} from "graphql";
import type { Coverage } from "./coverage";
import type { Random } from "./random";

/** Where a literal is written and what it may hold. */
export interface LiteralPlace {
  random: Random;
  coverage: Coverage;
  /** Writes a variable in place of a literal; undefined where only constants are allowed. */
  variable?(type: GraphQLInputType, hasDefault: boolean, name: string): string;
  /** Values that mean something to the server; without it any valid ones are written. */
  samples?: Samples;
}

/** Gives values for an argument or input field of this name and scalar; none where any value will do. */
export type Samples = (name: string, scalar: string) => readonly unknown[];

/** How often a sample is taken where there is one. */
export const SAMPLE_SHARE = 0.85;

const VARIABLE_SHARE = 0.4;
/** Where a default takes the place of what is left out, but not of null. */
const VARIABLE_SHARE_AT_DEFAULT = 0.8;
const NULL_SHARE = 0.08;
const MAX_DEPTH = 4;

/** Texts of strings: empty, escaped, in several bytes, and block strings. */
const STRINGS = [
  '""',
  '"a"',
  '"Ünïcode ✓ 𝒳"',
  '"quote \\" \\\\ \\u0041"',
  '"""\n  block\n    text\n  """',
  '"__proto__"',
];

/** The literals of each scalar of the schema, all of them valid. */
const SCALARS: Record<string, readonly string[]> = {
  Int: ["0", "1", "2", "-1", "17", "2147483647", "-2147483648"],
  Float: ["0", "1.5", "-2e3"],
  Boolean: ["true", "false"],
  ID: ['"cust_01h455vb4pex5vsknk084sn02q"', '"x"', "7", '""'],
  String: STRINGS,
  DateTime: ['"2026-01-02T03:04:05.678Z"', '"2026-11-21T10:00:00Z"', '"2026-11-21T15:30:00.0159088+05:30"'],
};

/**
 * Writes a valid value of an input type, in which variables may stand, for an argument or input field of this name.
 * `hasDefault` tells that the place has a default.
 */
export function inputLiteral(
  type: GraphQLInputType,
  name: string,
  place: LiteralPlace,
  hasDefault = false,
  depth = 0,
): string {
  const { random, variable } = place;
  const share = hasDefault ? VARIABLE_SHARE_AT_DEFAULT : VARIABLE_SHARE;
  if (variable && random.chance(share)) return variable(type, hasDefault, name);
  if (isNonNullType(type)) return presentLiteral(type.ofType, name, place, depth);
  if (random.chance(NULL_SHARE)) return "null";
  return presentLiteral(type, name, place, depth);
}

function presentLiteral(type: GraphQLInputType, name: string, place: LiteralPlace, depth: number): string {
  const { random, coverage } = place;
  if (isNonNullType(type)) return presentLiteral(type.ofType, name, place, depth);
  if (isListType(type)) {
    const itemType = type.ofType;
    // A single value counts as a list of one.
    if (random.chance(0.2))
      return presentLiteral(itemType, name, { ...place, variable: undefined }, depth + 1);
    const items = Array.from({ length: random.below(4) }, () =>
      inputLiteral(itemType, name, place, false, depth + 1),
    );
    return `[${items.join(", ")}]`;
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const chosen = fields.filter((field) => {
      const isUnused = coverage.isUnused(`${type.name}.${field.name}`);
      const share = isUnused || field.defaultValue !== undefined ? 0.9 : 0.45;
      return isRequiredInputField(field) || (depth < MAX_DEPTH && random.chance(share));
    });
    const texts = random.shuffled(chosen).map((field) => {
      coverage.count(`${type.name}.${field.name}`);
      return `${field.name}: ${inputLiteral(field.type, field.name, place, field.defaultValue !== undefined, depth + 1)}`;
    });
    return `{${texts.join(", ")}}`;
  }
  if (isEnumType(type)) {
    const value = coverage.leastUsed(type.getValues(), (each) => `${type.name}.${each.name}`, random);
    coverage.count(`${type.name}.${value.name}`);
    return value.name;
  }
  return scalarLiteral(type, name, place);
}

function scalarLiteral(type: GraphQLScalarType, name: string, { random, samples }: LiteralPlace): string {
  const own = samples?.(name, type.name) ?? [];
  if (own.length > 0 && random.chance(SAMPLE_SHARE)) return JSON.stringify(random.pick(own));
  const literals = SCALARS[type.name];
  if (!literals) throw new Error(`The generator has no literals of the scalar ${type.name}. Add some.`);
  return random.pick(literals);
}

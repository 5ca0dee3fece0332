import { type GraphQLInputType, isNonNullType, GraphQLNonNull } from "graphql";
import type { Coverage } from "./coverage";
import { inputLiteral, type Samples } from "./input-literals";
import type { Random } from "./random";

/** A variable of a generated document. */
export interface GeneratedVariable {
  name: string;
  type: GraphQLInputType;
  /** The name of the argument or input field that it was made for. */
  madeFor: string;
  /** The text of its default value; undefined if it has none. */
  defaultLiteral?: string;
}

/** Names that are also properties of every object. */
const INHERITED_NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

/** The variables of one document: made when a value needs one, and used again where their type fits. */
export class Variables {
  readonly all = new Map<string, GeneratedVariable>();

  constructor(
    private readonly random: Random,
    private readonly coverage: Coverage,
    private readonly samples?: Samples,
  ) {}

  /** The name of a variable that may stand in a place of this type; `hasDefault` tells that the place has a default. */
  nameFor(type: GraphQLInputType, hasDefault: boolean, place: string): string {
    const fitting = [...this.all.values()].filter(
      (variable) => mayStandAt(variable, type, hasDefault) && (!this.samples || variable.madeFor === place),
    );
    if (fitting.length > 0 && this.random.chance(0.6)) return this.random.pick(fitting).name;
    const made = this.make(type, hasDefault, place);
    this.all.set(made.name, made);
    return made.name;
  }

  private make(type: GraphQLInputType, hasDefault: boolean, madeFor: string): GeneratedVariable {
    const { random, coverage, samples } = this;
    const nullable = isNonNullType(type) ? type.ofType : type;
    const name = this.newName();
    const constant = (of: GraphQLInputType) => inputLiteral(of, madeFor, { random, coverage, samples });
    if (isNonNullType(type)) {
      if (random.chance(0.5))
        return { name, madeFor, type, ...(random.chance(0.3) && { defaultLiteral: constant(type) }) };
      if (hasDefault && random.chance(0.5)) return { name, madeFor, type: nullable };
      return { name, madeFor, type: nullable, defaultLiteral: constant(type) };
    }
    if (random.chance(0.2)) return { name, madeFor, type: new GraphQLNonNull(nullable) };
    return { name, madeFor, type, ...(random.chance(0.4) && { defaultLiteral: constant(type) }) };
  }

  private newName(): string {
    const name = this.random.chance(0.04) ? this.random.pick(INHERITED_NAMES) : "";
    return name && !this.all.has(name) ? name : `v${this.all.size}`;
  }
}

function mayStandAt(
  { type, defaultLiteral }: GeneratedVariable,
  place: GraphQLInputType,
  hasDefault: boolean,
): boolean {
  if (String(type) === String(place)) return true;
  if (!isNonNullType(place)) return isNonNullType(type) && String(type.ofType) === String(place);
  const neverMissing = hasDefault || (defaultLiteral !== undefined && defaultLiteral !== "null");
  return neverMissing && String(type) === String(place.ofType);
}

/** How an operation declares these variables; empty without any. */
export function declarationOf(variables: readonly GeneratedVariable[]): string {
  if (variables.length === 0) return "";
  const texts = variables.map(
    ({ name, type, defaultLiteral }) =>
      `$${name}: ${String(type)}${defaultLiteral === undefined ? "" : ` = ${defaultLiteral}`}`,
  );
  return `(${texts.join(", ")})`;
}

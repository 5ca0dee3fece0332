import type { GraphQLCompositeType, GraphQLSchema } from "graphql";
import type { Coverage } from "./coverage";
import type { Samples } from "./input-literals";
import type { Random } from "./random";
import { Variables } from "./variables";

/** What one definition (operation or fragment) refers to. */
export interface Uses {
  variables: Set<string>;
  fragments: Set<string>;
}

/** A fragment definition of a generated document. */
export interface GeneratedFragment {
  name: string;
  on: GraphQLCompositeType;
  /** The text between its braces, with them. */
  body: string;
  uses: Uses;
  /** How many levels of fields it holds. */
  depth: number;
}

/** What a response key stands for, so that fields with the same key can merge. */
export interface KeyMeaning {
  fieldName: string;
  type: string;
  /** Arguments with their parentheses, or nothing. */
  args: string;
  /** The variables in the arguments. */
  variables: Set<string>;
}

/** Names that are properties of every object, or that begin like those of introspection. */
const INHERITED_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
];

/** Everything that the parts of one document under generation know about each other. */
export class DocumentState {
  readonly variables: Variables;
  readonly fragments = new Map<string, GeneratedFragment>();
  /** By kind of parent and response key. */
  readonly keys = new Map<string, KeyMeaning>();
  /** The definition that is being written. */
  uses: Uses = { variables: new Set(), fragments: new Set() };
  /** How many more fields may be written. */
  fieldsLeft: number;
  /** How many more selections may be fragments. */
  selectionsLeft: number;
  private names = 0;

  constructor(
    readonly schema: GraphQLSchema,
    readonly coverage: Coverage,
    readonly random: Random,
    readonly samples?: Samples,
  ) {
    this.variables = new Variables(random, coverage, samples);
    this.fieldsLeft = random.chance(0.1) ? 60 : 4 + random.below(20);
    this.selectionsLeft = this.fieldsLeft;
  }

  /** A name for a fragment that is not used yet. */
  newFragmentName(): string {
    const name = this.random.chance(0.05) ? this.random.pick(INHERITED_NAMES) : "";
    return name && !this.fragments.has(name) ? name : `F${this.names++}`;
  }

  /** A response key: one that no other field has, a common one, or the name of a property of every object. */
  newAlias(otherFieldNames: readonly string[]): string {
    const kind = this.random.below(10);
    if (kind < 2) return this.random.pick(INHERITED_NAMES);
    if (kind < 4 && otherFieldNames.length > 0) return this.random.pick(otherFieldNames);
    return kind < 7 ? this.random.pick(["a", "b", "id", "then"]) : this.uniqueAlias();
  }

  /** A response key that no other field has. */
  uniqueAlias(): string {
    return `x${this.names++}`;
  }

  /** Writes a definition and returns what it refers to; the definition around it goes on afterwards. */
  writeDefinition(write: () => string): { text: string; uses: Uses } {
    const outer = this.uses;
    const uses: Uses = { variables: new Set(), fragments: new Set() };
    this.uses = uses;
    const text = write();
    this.uses = outer;
    return { text, uses };
  }

  /** The variables that a definition uses, those of its fragments included. */
  variablesWithin({ variables, fragments }: Uses, seen = new Set<string>()): Set<string> {
    const all = new Set(variables);
    for (const name of fragments) {
      const fragment = this.fragments.get(name);
      if (!fragment || seen.has(name)) continue;
      seen.add(name);
      for (const variable of this.variablesWithin(fragment.uses, seen)) all.add(variable);
    }
    return all;
  }
}

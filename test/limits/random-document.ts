import fc from "fast-check";
import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import { schema } from "./operations";

/** A document made by chance, and variables for it; nearly always valid. */
export interface RandomDocument {
  text: string;
  variables: Record<string, unknown>;
}

const FRAGMENTS = 6;
const objects = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType =>
    isObjectType(type) && !type.name.startsWith("__") && !/^(Mutation|Subscription)$/.test(type.name),
);

/** Documents of the API's schema: fragments within fragments, aliases, directives, pages written and in variables. */
export const randomDocuments: fc.Arbitrary<RandomDocument> = fc
  .array(fc.nat(1_000_000), { minLength: 60, maxLength: 400 })
  .map((choices) => new Writer(choices).document());

/** Turns numbers into a document: each is one choice, so a failing document shrinks as they do. */
class Writer {
  private readonly spread = new Set<number>();
  private readonly variables = new Map<string, unknown>();
  private readonly on: GraphQLObjectType[] = [];
  private at = 0;
  private aliases = 0;

  constructor(private readonly choices: number[]) {
    for (let index = 0; index < FRAGMENTS; index++) {
      const chosen = objects[this.choose(objects.length)];
      if (chosen) this.on.push(chosen);
    }
  }

  document(): RandomDocument {
    const query = schema.getQueryType();
    if (!query) throw new Error("there is a query type");
    const body = this.selections(query, 4, 0);
    const fragments: string[] = [];
    for (const [index, type] of this.on.entries()) {
      if (this.spread.has(index))
        fragments.push(`fragment F${index} on ${type.name} ${this.selections(type, 3, index + 1)}`);
    }
    const declared = [...this.variables.keys()].map((name) => `$${name}: Int${this.choose(2) ? " = 7" : ""}`);
    const head = declared.length > 0 ? `query (${declared.join(", ")})` : "query";
    return { text: `${head} ${body} ${fragments.join(" ")}`, variables: Object.fromEntries(this.variables) };
  }

  /** A selection set that spreads no fragment before `from`, so none is within itself. */
  private selections(type: GraphQLCompositeType, depth: number, from: number): string {
    const parts = ["__typename"];
    const fields = "getFields" in type ? Object.values(type.getFields()) : [];
    for (let more = this.choose(5); more > 0; more--) {
      const field = fields[this.choose(fields.length)];
      if (field && !field.args.some(isRequiredArgument)) parts.push(this.field(field, depth, from));
      const fragment = from + this.choose(FRAGMENTS);
      if (this.on[fragment] === type) {
        this.spread.add(fragment);
        parts.push(...Array<string>(1 + this.choose(3)).fill(`...F${fragment}${this.directive()}`));
      }
    }
    if (depth > 0 && this.choose(4) === 0)
      parts.push(`... on ${type.name} ${this.selections(type, depth - 1, from)}`);
    return `{ ${parts.join(" ")} }`;
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number, from: number): string {
    const type = getNamedType(field.type);
    if (isCompositeType(type) && depth === 0) return "__typename";
    const inside = isCompositeType(type) ? this.selections(type, depth - 1, from) : "";
    const paged = field.args.some(({ name }) => name === "first") && this.choose(3) > 0;
    const alias = paged || this.choose(5) === 0 ? `a${++this.aliases}: ` : "";
    return `${alias}${field.name}${paged ? `(first: ${this.rows()})` : ""}${this.directive()} ${inside}`;
  }

  private rows(): string {
    if (this.choose(2) === 0) return ["3", "500", "null", "0", "999999999"][this.choose(5)] ?? "1";
    const name = `n${this.choose(3)}`;
    const values = [undefined, null, 1, 17, 500, 10_000, -1, "many", [], {}];
    if (!this.variables.has(name)) this.variables.set(name, values[this.choose(values.length)]);
    return `$${name}`;
  }

  private directive(): string {
    return this.choose(6) === 0 ? " @include(if: true)" : "";
  }

  private choose(among: number): number {
    const choice = this.choices[this.at++ % this.choices.length] ?? 0;
    return among === 0 ? 0 : (choice + this.at) % among;
  }
}

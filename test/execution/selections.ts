import {
  doTypesOverlap,
  getNamedType,
  GraphQLBoolean,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLNonNull,
  type GraphQLObjectType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from "graphql";
import type { DocumentState, KeyMeaning } from "./document-state";
import { inputLiteral } from "./input-literals";
import { keyOf, levelsIn, overlappingTypes } from "./merging-types";

type AnyField = GraphQLField<unknown, unknown>;

/** Levels of fields in a document. */
const MAX_DEPTH = 7;
const MAX_INTROSPECTION_DEPTH = 4;

/** Writes the selection sets of one document. */
export class Selections {
  constructor(private readonly state: DocumentState) {}

  /** Writes a selection set with its braces. `depth` is the number of fields around it. */
  selectionSet(parent: GraphQLCompositeType, depth: number): string {
    const { random } = this.state;
    const texts: string[] = [];
    const written: AnyField[] = [];
    const count = 1 + random.below(depth === 0 ? 5 : 4);
    for (let at = 0; at < count; at++) {
      const text = this.selection(parent, depth, written);
      if (!text) continue;
      texts.push(this.withDirectives(text));
      // The same once more, under another condition.
      while (random.chance(0.18)) texts.splice(random.below(texts.length + 1), 0, this.withDirectives(text));
    }
    if (texts.length === 0) texts.push(this.withDirectives({ head: "__typename", body: "" }));
    return `{ ${texts.join(" ")} }`;
  }

  /** Writes the selection set of a live operation, which has one root field: directly, or in fragments too. */
  singleField(root: GraphQLObjectType): string {
    const { state } = this;
    const field = state.coverage.leastUsed(
      Object.values(root.getFields()),
      ({ name }) => `${root.name}.${name}`,
      state.random,
    );
    const { head, body } = this.field(root, field, 0);
    const texts = [`${head}${body}`];
    while (state.random.chance(0.3)) texts.push(this.singleFieldAgain(root, head, field));
    return `{ ${state.random.shuffled(texts).join(" ")} }`;
  }

  private singleFieldAgain(root: GraphQLObjectType, head: string, field: AnyField): string {
    const { state } = this;
    const { text, uses } = state.writeDefinition(() => {
      for (const { args, variables } of state.keys.values())
        if (args && head.endsWith(args)) for (const name of variables) state.uses.variables.add(name);
      return `{ ${head} ${this.selectionSet(getNamedType(field.type) as GraphQLCompositeType, 1)} }`;
    });
    state.coverage.count(`... on ${root.name}`);
    if (state.random.chance(0.5)) {
      for (const name of uses.variables) state.uses.variables.add(name);
      for (const name of uses.fragments) state.uses.fragments.add(name);
      return `... on ${root.name} ${text}`;
    }
    const name = state.newFragmentName();
    state.fragments.set(name, { name, on: root, body: text, uses, depth: levelsIn(text) });
    state.uses.fragments.add(name);
    return `...${name}`;
  }

  private selection(parent: GraphQLCompositeType, depth: number, written: AnyField[]): Selected | undefined {
    const { random } = this.state;
    // Fragments only while there is room: each of them can be spread many times.
    const kind = this.state.selectionsLeft-- > 0 ? random.next() : 1;
    if (kind < 0.06)
      return { head: `${random.chance(0.3) ? `${this.typenameAlias(parent)}: ` : ""}__typename`, body: "" };
    if (kind < 0.22) return this.inlineFragment(parent, depth);
    if (kind < 0.4) return this.fragmentSpread(parent, depth);
    const again = kind < 0.5 && written.length > 0 ? random.pick(written) : undefined;
    const field = again ?? this.chooseField(parent, depth);
    if (!field) return undefined;
    written.push(field);
    return this.field(parent, field, depth);
  }

  private typenameAlias(parent: GraphQLCompositeType): string {
    const alias = this.state.newAlias([]);
    const key = keyOf(parent, alias);
    const meaning = this.state.keys.get(key);
    if (meaning && meaning.fieldName !== "__typename") return this.state.uniqueAlias();
    this.state.keys.set(key, { fieldName: "__typename", type: "String!", args: "", variables: new Set() });
    return alias;
  }

  /** A field that may still be written: none with an object when the document is deep or long enough. */
  private chooseField(parent: GraphQLCompositeType, depth: number): AnyField | undefined {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
    const { random, coverage, fieldsLeft, schema } = this.state;
    const maxDepth = parent.name.startsWith("__") ? MAX_INTROSPECTION_DEPTH : MAX_DEPTH;
    const fields: AnyField[] = Object.values(parent.getFields()).filter(
      ({ type }) => !isCompositeType(getNamedType(type)) || (depth < maxDepth && fieldsLeft > 0),
    );
    if (parent === schema.getQueryType() && random.chance(0.06)) {
      return random.chance(0.8) ? TypeMetaFieldDef : SchemaMetaFieldDef;
    }
    if (fields.length === 0) return undefined;
    if (random.chance(0.5)) return random.pick(fields);
    return coverage.leastUsed(fields, ({ name }) => `${parent.name}.${name}`, random);
  }

  private field(parent: GraphQLCompositeType, field: AnyField, depth: number): Selected {
    const { state } = this;
    state.fieldsLeft--;
    state.coverage.count(`${parent.name}.${field.name}`);
    const { key, meaning } = this.keyFor(parent, field);
    for (const name of meaning.variables) state.uses.variables.add(name);
    const type = getNamedType(field.type);
    const body = isCompositeType(type) ? ` ${this.selectionSet(type, depth + 1)}` : "";
    const name = key === field.name ? key : `${key}: ${field.name}`;
    return { head: `${name}${meaning.args}`, body };
  }

  /** The response key of a field and what it means; the same key means the same wherever selections may merge. */
  private keyFor(parent: GraphQLCompositeType, field: AnyField): { key: string; meaning: KeyMeaning } {
    const { state } = this;
    const others = "getFields" in parent ? Object.keys(parent.getFields()) : [];
    let key = state.random.chance(0.25) ? state.newAlias(others) : field.name;
    const found = state.keys.get(keyOf(parent, key));
    if (found) {
      if (found.fieldName === field.name && found.type === String(field.type)) return { key, meaning: found };
      key = state.uniqueAlias();
    }
    const { text, uses } = state.writeDefinition(() => this.args(parent, field));
    const meaning = {
      fieldName: field.name,
      type: String(field.type),
      args: text,
      variables: uses.variables,
    };
    state.keys.set(keyOf(parent, key), meaning);
    return { key, meaning };
  }

  private args(parent: GraphQLCompositeType, field: AnyField): string {
    const { state } = this;
    const { random, coverage } = state;
    const chosen = field.args.filter((argument) => {
      const isUnused = coverage.isUnused(`${parent.name}.${field.name}(${argument.name}:)`);
      return isRequiredArgument(argument) || random.chance(isUnused ? 0.9 : 0.35);
    });
    if (chosen.length === 0) return "";
    const texts = random.shuffled(chosen).map(({ name, type, defaultValue }) => {
      coverage.count(`${parent.name}.${field.name}(${name}:)`);
      if (field.name === "__type") return `${name}: "${random.pick(Object.keys(state.schema.getTypeMap()))}"`;
      const variable = (of: typeof type, hasDefault: boolean, place: string) =>
        this.variable(of, hasDefault, place);
      const place = { random, coverage, variable, samples: state.samples };
      return `${name}: ${inputLiteral(type, name, place, defaultValue !== undefined)}`;
    });
    return `(${texts.join(", ")})`;
  }

  private variable(
    type: Parameters<DocumentState["variables"]["nameFor"]>[0],
    hasDefault: boolean,
    place: string,
  ): string {
    const name = this.state.variables.nameFor(type, hasDefault, place);
    this.state.uses.variables.add(name);
    return `$${name}`;
  }

  private inlineFragment(parent: GraphQLCompositeType, depth: number): Selected {
    if (this.state.random.chance(0.25)) return { head: "...", body: ` ${this.selectionSet(parent, depth)}` };
    const on = this.typeWithin(parent);
    this.state.coverage.count(`... on ${on.name}`);
    return { head: `... on ${on.name}`, body: ` ${this.selectionSet(on, depth)}` };
  }

  private fragmentSpread(parent: GraphQLCompositeType, depth: number): Selected | undefined {
    const { state } = this;
    const known = [...state.fragments.values()].filter(
      (fragment) => fragment.depth + depth <= MAX_DEPTH && doTypesOverlap(state.schema, fragment.on, parent),
    );
    const reuse = known.length > 0 && state.random.chance(0.6);
    const name = reuse ? state.random.pick(known).name : this.newFragment(parent, depth);
    state.uses.fragments.add(name);
    return { head: `...${name}`, body: "" };
  }

  private newFragment(parent: GraphQLCompositeType, depth: number): string {
    const { state } = this;
    const on = this.typeWithin(parent);
    state.coverage.count(`... on ${on.name}`);
    const { text: body, uses } = state.writeDefinition(() => this.selectionSet(on, depth));
    // Named last, so that none of the fragments within it can be this one.
    const name = state.newFragmentName();
    state.fragments.set(name, { name, on, body, uses, depth: levelsIn(body) });
    return name;
  }

  /** The type itself, or one that shares objects with it. */
  private typeWithin(parent: GraphQLCompositeType): GraphQLCompositeType {
    const { random, schema, coverage } = this.state;
    if (!isAbstractType(parent) && random.chance(0.75)) return parent;
    return coverage.leastUsed(overlappingTypes(schema, parent), ({ name }) => `... on ${name}`, random);
  }

  private withDirectives({ head, body }: Selected): string {
    return `${head}${this.directives()}${body}`;
  }

  private directives(): string {
    const { random } = this.state;
    if (!random.chance(0.22)) return "";
    const names = random.chance(0.25)
      ? random.shuffled(["include", "skip"])
      : [random.pick(["include", "skip"])];
    return names.map((name) => ` @${name}(if: ${this.condition()})`).join("");
  }

  private condition(): string {
    if (this.state.random.chance(0.25)) return String(this.state.random.chance(0.5));
    return this.variable(new GraphQLNonNull(GraphQLBoolean), false, "if");
  }
}

/** A selection without its directives, which stand between its two parts. */
interface Selected {
  head: string;
  body: string;
}

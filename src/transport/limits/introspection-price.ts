import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
} from "graphql";

/** Points of `__schema` or `__type` at least: what the introspection query of the usual tools costs. */
const MIN_PRICE = 100;

/** Characters of an answer that are worth one point: that query's answer has up to 100 times as many. */
const CHARACTERS_PER_POINT = 5_000;

/** Characters at which counting stops: such an operation is refused by the usual limits, and counting takes time too. */
const MAX_CHARACTERS = 20_000_000;

/** Objects that are looked at before counting stops. */
const MAX_LOOKS = 500_000;

/** Characters that JSON puts around a name and its value. */
const AROUND = 4;

/** What introspection tells of (types, fields, arguments …), and how often the answer has each. */
type Counts = Map<object, number>;

/** The selections of one response name in one place. */
interface Group {
  definition: GraphQLField<unknown, unknown>;
  key: string;
  sets: SelectionSetNode[];
}

/**
 * Works out what `__schema` or `__type` cost, in points, by the length of their answer. The schema stays as it is, so the
 * length can be counted without making the answer: what stands in it several times is looked at once for each selection.
 */
export class IntrospectionPrices {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
  ) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  /** The price of one such field, with all that is in it. */
  priceOf(node: FieldNode, definition: GraphQLField<unknown, unknown>): number {
    const type = getNamedType(definition.type);
    if (!node.selectionSet || !isObjectType(type)) return MIN_PRICE;
    const counter = new Counter(this.schema, this.fragments);
    const begin: object[] = definition === SchemaMetaFieldDef ? [this.schema] : this.typesNamed(node);
    counter.count(type, [node.selectionSet], new Map(begin.map((one) => [one, 1])));
    return Math.max(MIN_PRICE, Math.ceil(counter.characters / CHARACTERS_PER_POINT));
  }

  /** The type that `__type` names; all of them where a variable does. */
  private typesNamed(node: FieldNode): object[] {
    const name = node.arguments?.find((argument) => argument.name.value === "name")?.value;
    if (name?.kind !== Kind.STRING) return Object.values(this.schema.getTypeMap());
    const type = this.schema.getType(name.value);
    return type ? [type] : [];
  }
}

class Counter {
  characters = 0;
  private looks = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {}

  count(type: GraphQLObjectType, sets: SelectionSetNode[], counts: Counts): void {
    const groups = new Map<string, Group>();
    const spread = new Set<string>();
    for (const set of sets) this.collect(type, set, groups, spread);
    for (const group of groups.values()) {
      if (this.isEnough || counts.size === 0) return;
      const inside = getNamedType(group.definition.type);
      const values = this.valuesOf(group, counts);
      if (isObjectType(inside)) this.count(inside, group.sets, values);
    }
  }

  private get isEnough(): boolean {
    return this.characters > MAX_CHARACTERS || this.looks > MAX_LOOKS;
  }

  private collect(
    type: GraphQLObjectType,
    set: SelectionSetNode,
    groups: Map<string, Group>,
    spread: Set<string>,
  ): void {
    for (const selection of set.selections) {
      if (++this.looks > MAX_LOOKS) return;
      if (selection.kind === Kind.INLINE_FRAGMENT) this.collect(type, selection.selectionSet, groups, spread);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = this.fragments.get(selection.name.value);
        if (!fragment || spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
        this.collect(type, fragment.selectionSet, groups, spread);
      } else {
        const definition = type.getFields()[selection.name.value];
        if (!definition) continue; // `__typename`, which is short.
        const key = (selection.alias ?? selection.name).value;
        const group = groups.get(key) ?? { definition, key, sets: [] };
        groups.set(key, group);
        if (selection.selectionSet) group.sets.push(selection.selectionSet);
      }
    }
  }

  /** Counts what the answer says under one name, and gives the objects that stand there. */
  private valuesOf({ definition, key }: Group, counts: Counts): Counts {
    const found: Counts = new Map();
    const info = { schema: this.schema } as GraphQLResolveInfo;
    for (const [one, count] of counts) {
      this.looks++;
      const value: unknown = definition.resolve?.(one, { includeDeprecated: true }, undefined, info);
      let length = key.length + AROUND;
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof item === "object" && item !== null) {
          found.set(item, (found.get(item) ?? 0) + count);
          length += AROUND;
        } else length += String(item).length + AROUND;
      }
      this.characters += count * length;
    }
    return found;
  }
}

import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";
import type { Limits } from "../../config/limits";
import type { Excess } from "./operation-size";

/**
 * How often one response name may stand in one selection set, under all type conditions together. A list of a union or an
 * interface names the same field once for each type; the schema has fewer than 50 types in one.
 */
export const MAX_SAME_NAME = 100;

/**
 * Pairs of fields with the same response name in the same place, on all levels together, for each field that an operation may
 * have. Validation compares each pair, which takes up to 10 µs.
 */
const PAIRS_PER_FIELD = 10;

/** What a document repeats. */
export interface Repeats {
  /** The first limit that it exceeds. */
  excess?: Excess;
  /** Pairs of fields that validation compares, as far as they were counted. */
  pairs: number;
}

/** A fragment that a selection set was reached through, and those before it. */
interface Within {
  name: string;
  outer: Within | undefined;
}

/** A selection set, the type condition that it stands under (empty without one), and the fragments around it. */
interface Place {
  set: SelectionSetNode;
  condition: string;
  within: Within | undefined;
}

/** The fields of one response name in one place: how many under each type condition, and what they select. */
interface Group {
  count: number;
  byCondition: Map<string, number>;
  places: Place[];
}

/**
 * Counts what a document repeats, whether or not it is valid, before it is validated: validation takes time that grows with the
 * square of the repeats, and multiplies from level to level. Each field is looked at once for each way that leads to it,
 * and counting stops at the first limit that is exceeded.
 */
export function repeatsOf(document: DocumentNode, limits: Pick<Limits, "sameField" | "fields">): Repeats {
  const counter = new Counter(document, limits);
  let ofFragment = 0;
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) counter.countDefinition(node.selectionSet);
    if (counter.excess) break;
  }
  const ofOperations = counter.pairs;
  for (const node of document.definitions) {
    if (counter.excess) break;
    if (node.kind !== Kind.FRAGMENT_DEFINITION) continue;
    // Validation compares two fragments once in a document, so what is in several of them is not counted again.
    counter.pairs = 0;
    counter.countDefinition(node.selectionSet);
    ofFragment = Math.max(ofFragment, counter.pairs);
  }
  return { excess: counter.excess, pairs: ofOperations + ofFragment };
}

class Counter {
  excess: Excess | undefined;
  pairs = 0;
  private fields = 0;
  private spreads = 0;
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    document: DocumentNode,
    private readonly limits: Pick<Limits, "sameField" | "fields">,
  ) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  /** Counts one operation, or one fragment by itself. */
  countDefinition(set: SelectionSetNode): void {
    this.fields = 0;
    this.spreads = 0;
    this.count([{ set, condition: "", within: undefined }]);
  }

  /** Counts selection sets that stand in one place: their fields of one name are compared with each other. */
  private count(places: Place[]): void {
    const groups = new Map<string, Group>();
    // A fragment is not compared with itself, so of several spreads in one place the first one counts.
    const spread = new Set<string>();
    for (const place of places) this.collect(place, groups, spread);
    for (const group of groups.values()) {
      // Of one place only: of several, each was counted by itself on the level above.
      if (places.length === 1) {
        this.note("sameField", this.limits.sameField, Math.max(...group.byCondition.values()));
        this.note("sameName", MAX_SAME_NAME, group.count);
      }
      this.pairs += (group.count * (group.count - 1)) / 2;
      this.note("comparisons", PAIRS_PER_FIELD * this.limits.fields, this.pairs);
      if (this.excess) return;
      if (group.places.length > 0) this.count(group.places);
    }
  }

  private collect({ set, condition, within }: Place, groups: Map<string, Group>, spread: Set<string>): void {
    for (const selection of set.selections) {
      if (this.excess) return;
      if (selection.kind === Kind.FIELD) {
        this.note("fields", this.limits.fields, ++this.fields);
        const group = groupOf(groups, (selection.alias ?? selection.name).value);
        group.count++;
        group.byCondition.set(condition, (group.byCondition.get(condition) ?? 0) + 1);
        if (selection.selectionSet) group.places.push({ set: selection.selectionSet, condition: "", within });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const inner = selection.typeCondition?.name.value ?? condition;
        this.collect({ set: selection.selectionSet, condition: inner, within }, groups, spread);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        this.spread(selection.name.value, within, groups, spread);
      }
    }
  }

  private spread(
    name: string,
    within: Within | undefined,
    groups: Map<string, Group>,
    spread: Set<string>,
  ): void {
    const fragment = this.fragments.get(name);
    // A fragment within itself is invalid; validation says so.
    for (let outer = within; outer; outer = outer.outer) if (outer.name === name) return;
    // Fragments that only spread others could be many without one field.
    this.note("fields", this.limits.fields, ++this.spreads);
    if (!fragment || this.excess) return;
    const { selectionSet: set, typeCondition } = fragment;
    const place = { set, condition: typeCondition.name.value, within: { name, outer: within } };
    this.collect(place, groups, spread);
  }

  private note(limit: string, maximum: number, found: number): void {
    if (found > maximum) this.excess ??= { limit, maximum, found };
  }
}

function groupOf(groups: Map<string, Group>, name: string): Group {
  const group = groups.get(name) ?? { count: 0, byCondition: new Map<string, number>(), places: [] };
  groups.set(name, group);
  return group;
}

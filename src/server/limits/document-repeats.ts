import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import type { Limits } from "../../config/limits";
import type { Excess } from "./operation-size";

/**
 * How often one response name may stand in one selection set, under all type conditions together. A list of a union or an
 * interface names the same field once for each type; the schema has fewer than 50 types in one.
 */
export const MAX_SAME_NAME = 100;

/** How often each response name stands in a selection set; by type condition (empty without one), then by name. */
type Counts = Map<string, Map<string, number>>;

/** A selection set, and the type condition of the fragment that it is the body of; empty where there is none. */
interface ConditionalSet {
  set: SelectionSetNode;
  condition: string;
}

/**
 * The first limit on repeated fields that a document exceeds, whether or not it is valid. Validation compares each pair of
 * fields that have one response name in one place, and all that is selected within them: its time grows with the square of
 * the repeats. This function looks at each selection once and at each named fragment once for each selection set that
 * spreads it, so it comes before validation.
 */
export function repeatsBeyond(
  document: DocumentNode,
  { sameField: maximum }: Pick<Limits, "sameField">,
): Excess | undefined {
  const repeats = new Repeats(document);
  let sameField = 0;
  let sameName = 0;
  for (const counts of repeats.all()) {
    const byName = new Map<string, number>();
    for (const [, names] of counts)
      for (const [name, count] of names) {
        sameField = Math.max(sameField, count);
        add(byName, name, count);
      }
    sameName = Math.max(sameName, ...byName.values());
  }
  if (sameField > maximum) return { limit: "sameField", maximum, found: sameField };
  return sameName > MAX_SAME_NAME
    ? { limit: "sameName", maximum: MAX_SAME_NAME, found: sameName }
    : undefined;
}

class Repeats {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly counted = new Map<string, Counts>();
  private readonly found: Counts[] = [];

  constructor(private readonly document: DocumentNode) {
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  /** The counts of every selection set of the document, with its fragments written out. */
  all(): Counts[] {
    for (const node of this.document.definitions) {
      if (node.kind === Kind.OPERATION_DEFINITION)
        this.found.push(this.count({ set: node.selectionSet, condition: "" }));
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.found.push(this.countFragment(node.name.value));
    }
    return this.found;
  }

  private count(body: ConditionalSet): Counts {
    const counts: Counts = new Map();
    const spreads = new Map<string, number>();
    this.countFields(body, counts, spreads);
    for (const [name, times] of spreads) merge(counts, this.countFragment(name), times);
    return counts;
  }

  private countFields(
    { set, condition }: ConditionalSet,
    counts: Counts,
    spreads: Map<string, number>,
  ): void {
    for (const selection of set.selections) {
      const inner = innerOf(selection);
      if (selection.kind === Kind.FRAGMENT_SPREAD) add(spreads, selection.name.value, 1);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        this.countFields(
          { set: selection.selectionSet, condition: selection.typeCondition?.name.value ?? condition },
          counts,
          spreads,
        );
      else {
        add(namesOf(counts, condition), (selection.alias ?? selection.name).value, 1);
        if (inner) this.found.push(this.count({ set: inner, condition: "" }));
      }
    }
  }

  private countFragment(name: string): Counts {
    const before = this.counted.get(name);
    if (before) return before;
    // A fragment that spreads itself is invalid; validation says so. Here it counts once.
    this.counted.set(name, new Map());
    const node = this.fragments.get(name);
    const counts = node
      ? this.count({ set: node.selectionSet, condition: node.typeCondition.name.value })
      : new Map<string, Map<string, number>>();
    this.counted.set(name, counts);
    return counts;
  }
}

function innerOf(selection: SelectionNode): SelectionSetNode | undefined {
  return selection.kind === Kind.FIELD ? selection.selectionSet : undefined;
}

function merge(into: Counts, from: Counts, times: number): void {
  for (const [condition, names] of from)
    for (const [name, count] of names) add(namesOf(into, condition), name, count * times);
}

function namesOf(counts: Counts, condition: string): Map<string, number> {
  const names = counts.get(condition) ?? new Map<string, number>();
  counts.set(condition, names);
  return names;
}

/** Repeats of fragments within fragments can stand for more fields than a number can count. */
function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, Math.min((counts.get(name) ?? 0) + count, Number.MAX_SAFE_INTEGER));
}

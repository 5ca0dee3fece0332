import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

type Info = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">;

/**
 * Names the fields that an operation selects of each row of a list, so that no more than these need be read. A field under
 * `@skip` or `@include` counts as selected. It is found out once for a compiled operation, not for each row again.
 */
export const selectedFields = rememberedBy((info: Info) => namesOf(fieldsIn(info.fieldNodes, info)));

/** The same for a connection: the fields of its rows, under `nodes` and under `edges { node }`. */
export const selectedNodeFields = rememberedBy((info: Info) => {
  const fields = fieldsIn(info.fieldNodes, info);
  const underEdges = named("node", fieldsIn(named("edges", fields), info));
  return namesOf(fieldsIn([...named("nodes", fields), ...underEdges], info));
});

/** The fields that are selected of any of these fields, those in fragments too; each fragment is opened once. */
function fieldsIn(fields: readonly FieldNode[], { fragments }: Info): FieldNode[] {
  const found: FieldNode[] = [];
  const opened = new Set<string>();
  const open = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) found.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) open(selection.selectionSet);
      else if (!opened.has(selection.name.value)) {
        opened.add(selection.name.value);
        open(fragments[selection.name.value]?.selectionSet);
      }
    }
  };
  for (const { selectionSet } of fields) open(selectionSet);
  return found;
}

function named(name: string, fields: readonly FieldNode[]): FieldNode[] {
  return fields.filter((field) => field.name.value === name);
}

function namesOf(fields: readonly FieldNode[]): string[] {
  // `__typename` is made of nothing that is read.
  return [...new Set(fields.map(({ name }) => name.value))].filter((name) => !name.startsWith("__"));
}

/** A compiled operation hands over the same list of nodes each time. */
function rememberedBy(find: (info: Info) => readonly string[]): (info: Info) => readonly string[] {
  const known = new WeakMap<Info["fieldNodes"], readonly string[]>();
  return (info) => {
    const before = known.get(info.fieldNodes);
    if (before) return before;
    const names = find(info);
    known.set(info.fieldNodes, names);
    return names;
  };
}

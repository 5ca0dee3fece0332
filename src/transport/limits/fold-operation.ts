import {
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type InlineFragmentNode,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from "graphql";

/** One field as a document asks for it. */
export interface AskedField {
  node: FieldNode;
  parent: GraphQLCompositeType;
  definition: GraphQLField<unknown, unknown>;
}

/** How to work something out from the leaves of an operation up. */
export interface Fold<T> {
  /** What a field makes of its own selections; those of a leaf are absent. */
  field(field: AskedField, inside: T | undefined): T;
  /** What a fragment, named or inline, makes of its selections. */
  fragment(node: FragmentSpreadNode | InlineFragmentNode, inside: T): T;
  /** What the fields and fragments of one selection set are together. */
  together(parts: T[]): T;
}

/**
 * Works something out about a valid operation. Each named fragment is looked at once, however often it is spread, so
 * the time grows with the document and not with what its fragments would be written out.
 */
export function foldOperation<T>(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  fold: Fold<T>,
): T {
  return new Folding(schema, document, fold).selections(
    operation.selectionSet,
    schema.getRootType(operation.operation),
  );
}

class Folding<T> {
  private readonly fragments = new Map<string, { set: SelectionSetNode; on: string } | { done: T }>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly fold: Fold<T>,
  ) {
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) {
        this.fragments.set(node.name.value, { set: node.selectionSet, on: node.typeCondition.name.value });
      }
    }
  }

  selections(set: SelectionSetNode, parent: GraphQLCompositeType | undefined | null): T {
    const parts = parent ? set.selections.map((selection) => this.selection(selection, parent)) : [];
    return this.fold.together(parts.filter((part) => part !== undefined));
  }

  private selection(node: SelectionNode, parent: GraphQLCompositeType): T | undefined {
    switch (node.kind) {
      case Kind.FIELD:
        return this.field(node, parent);
      case Kind.FRAGMENT_SPREAD: {
        const inside = this.named(node.name.value);
        return inside === undefined ? undefined : this.fold.fragment(node, inside);
      }
      case Kind.INLINE_FRAGMENT: {
        const on = node.typeCondition ? this.compositeType(node.typeCondition.name.value) : parent;
        return this.fold.fragment(node, this.selections(node.selectionSet, on));
      }
    }
  }

  private field(node: FieldNode, parent: GraphQLCompositeType): T | undefined {
    const definition = this.definition(node.name.value, parent);
    if (!definition) return undefined;
    const type = getNamedType(definition.type);
    const inside =
      node.selectionSet && isCompositeType(type) ? this.selections(node.selectionSet, type) : undefined;
    return this.fold.field({ node, parent, definition }, inside);
  }

  private named(name: string): T | undefined {
    const found = this.fragments.get(name);
    if (!found) return undefined;
    if ("done" in found) return found.done;
    this.fragments.delete(name); // No valid document has a fragment within itself; an invalid one shall end too.
    const done = this.selections(found.set, this.compositeType(found.on));
    this.fragments.set(name, { done });
    return done;
  }

  private compositeType(name: string): GraphQLCompositeType | undefined {
    const type = this.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }

  private definition(name: string, parent: GraphQLCompositeType): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (parent === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return "getFields" in parent ? parent.getFields()[name] : undefined;
  }
}

/** Whether a field is one of the schema's own mutations. */
export function isMutation(schema: GraphQLSchema, { parent }: AskedField): boolean {
  return isObjectType(parent) && parent === schema.getMutationType();
}

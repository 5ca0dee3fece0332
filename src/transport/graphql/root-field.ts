import type { DocumentNode, OperationDefinitionNode } from "graphql";
import { rootFieldsOf } from "./normalized-subscription";

const known = new WeakMap<OperationDefinitionNode, string>();

/**
 * What an operation of a valid document is called in the figures: its root field, or `several`. Its own name is the
 * caller's to choose: there would be no end of them, and anything could be written there.
 */
export function rootFieldOf(document: DocumentNode, operation: OperationDefinitionNode): string {
  const before = known.get(operation);
  if (before !== undefined) return before;
  const fields = rootFieldsOf({ document, operationName: operation.name?.value });
  const names = new Set(fields.map(({ name }) => name.value));
  const [only = "several"] = names.size === 1 ? names : [];
  known.set(operation, only);
  return only;
}

import {
  type ArgumentNode,
  type DefinitionNode,
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import { collectFields } from "graphql/execution/collectFields";
import { buildExecutionContext } from "graphql/execution/execute";
import type { Permission } from "../../access/permissions";
import { permissionOf } from "./schema";

/** A live operation as it is executed for all who asked the same, wherever each of them began. */
export interface NormalizedSubscription {
  /** The operation and its fragments, without `after`. */
  document: DocumentNode;
  variables: Record<string, unknown>;
  /** The same text for the same document and variables. */
  key: string;
  /** Whether its answer is made of the event's own payload, and so is the same whenever it is executed. */
  tellsFactsOnly: boolean;
}

interface Reduced extends Pick<NormalizedSubscription, "document" | "tellsFactsOnly"> {
  text: string;
  variableNames: string[];
}

const reducedForms = new WeakMap<OperationDefinitionNode, Reduced>();

/**
 * What is left of a live operation when its place in the stream is taken out of it. `after` is gone from what is executed,
 * so no answer can depend on it.
 */
export function sharedForm({
  document,
  operationName,
  variableValues,
}: ExecutionArgs): NormalizedSubscription {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error("A live operation was valid and is not there.");
  const known = reducedForms.get(operation);
  const { text, variableNames, ...reduced } = known ?? reduce(document, operation);
  if (!known) reducedForms.set(operation, { text, variableNames, ...reduced });
  const given = variableNames.filter((name) => variableValues && Object.hasOwn(variableValues, name));
  const variables = Object.fromEntries(given.map((name) => [name, variableValues?.[name]]));
  return { ...reduced, variables, key: JSON.stringify([text, variables]) };
}

/** The root fields of an operation, also those that a variable leaves out or a fragment holds. */
export function rootFieldsOf({
  document,
  operationName,
}: Pick<ExecutionArgs, "document" | "operationName">): FieldNode[] {
  const operation = getOperationAST(document, operationName);
  const within = ({ selections }: SelectionSetNode): FieldNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      const fragment = document.definitions.find(
        (definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
      );
      return fragment?.kind === Kind.FRAGMENT_DEFINITION ? within(fragment.selectionSet) : [];
    });
  return operation ? within(operation.selectionSet) : [];
}

/**
 * Whether a live operation selects a field when `@skip` and `@include` have been looked at; graphql-js takes that for
 * granted. Wrong variables are no matter of this: with them it is true.
 */
export function selectsField(args: ExecutionArgs): boolean {
  const context = buildExecutionContext(args);
  if (!("schema" in context)) return true;
  const { schema, fragments, variableValues, operation } = context;
  const type = schema.getSubscriptionType();
  return !type || collectFields(schema, fragments, variableValues, type, operation.selectionSet).size > 0;
}

function reduce(document: DocumentNode, operation: OperationDefinitionNode): Reduced {
  const roots = new Set(rootFieldsOf({ document, operationName: operation.name?.value }));
  let tellsFactsOnly = true;
  const placeless = visit(withOnly(document, operation), {
    Field: (field) => {
      if (roots.has(field)) return { ...field, arguments: field.arguments?.filter(isNoPlace) };
      if (field.selectionSet) tellsFactsOnly = false;
      return undefined;
    },
  });
  const used = variablesUsedIn(placeless);
  const isUsed = ({ variable }: VariableDefinitionNode) => used.has(variable.name.value);
  const reduced = visit(placeless, { VariableDefinition: (node) => (isUsed(node) ? false : null) });
  return { document: reduced, text: print(reduced), variableNames: [...used], tellsFactsOnly };
}

function withOnly(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const isOthers = ({ kind }: DefinitionNode) => kind === Kind.OPERATION_DEFINITION;
  const definitions = document.definitions.filter((one) => one === operation || !isOthers(one));
  return { ...document, definitions };
}

function isNoPlace({ name }: ArgumentNode): boolean {
  return name.value !== "after";
}

function variablesUsedIn(document: DocumentNode): Set<string> {
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  return used;
}

/** The permission that each of these root fields of an operation needs; fields that need none are left out. */
export function permissionsOfFields(
  schema: GraphQLSchema,
  { operation }: OperationDefinitionNode,
  root: FieldNode[],
): Permission[] {
  const fields = schema.getRootType(operation)?.getFields() ?? {};
  return root.flatMap(({ name }) => {
    const field = fields[name.value];
    return (field && permissionOf(field)) ?? [];
  });
}

/** The permissions that guard these root fields of a live operation, each once. */
export function permissionsNeeded(
  { schema, document, operationName }: ExecutionArgs,
  root: FieldNode[],
): Permission[] {
  const operation = getOperationAST(document, operationName);
  return operation ? [...new Set(permissionsOfFields(schema, operation, root))] : [];
}

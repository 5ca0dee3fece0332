import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse, validate } from "graphql";
import { buildApiSchema } from "../../src/transport/graphql/schema";

/** The API's own schema. */
export const schema = buildApiSchema();

/** A document that must be valid, parsed, and its operation. */
export function operationIn(
  text: string,
  name?: string,
): { document: DocumentNode; operation: OperationDefinitionNode } {
  const document = parse(text);
  const [mistake] = validate(schema, document);
  if (mistake) throw new Error(`${mistake.message} in ${text}`);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error(`there is no operation ${name ?? ""}`);
  return { document, operation };
}

/** Fields of a viewer that are no objects. */
const LEAVES = [
  "kind",
  "email",
  "tenantId",
  "userId",
  "displayName",
  "permissions",
  "adminRoles",
  "agentRoles",
  "newestEventCursor",
  "__typename",
];

/** This many fields of a viewer, each at most ten times. */
function leaves(count: number): string {
  return Array.from({ length: count }, (_, at) => LEAVES[at % LEAVES.length]).join(" ");
}

/** Objects within objects, this deep with the leaf. */
export function ofDepth(depth: number): string {
  const steps = ["viewer", "customer"];
  while (steps.length < depth - 1) steps.push(steps.at(-1) === "customer" ? "relationships" : "customer");
  return `{ ${steps.join(" { ")} { id ${"}".repeat(steps.length)} }`;
}

/** This many aliases, up to ten of one field. */
export function withAliases(count: number): string {
  const aliased = Array.from({ length: count }, (_, at) => `a${at}: ${at < 10 ? "kind" : "email"}`);
  return `{ viewer { ${aliased.join(" ")} } }`;
}

/** This many fields, by spreading a fragment ten times; the text itself has a tenth of them. */
export function withFields(count: number): string {
  const inFragment = Math.floor(count / 10) - 1;
  const rest = "__typename ".repeat(count % 10);
  const viewers = "viewer { ...Much } ".repeat(10);
  return `{ ${viewers} ${rest} } fragment Much on Viewer { ${leaves(inFragment)} }`;
}

/** One field this often in one place. */
export function withSameField(count: number): string {
  return `{ viewer { ${"kind ".repeat(count)} } }`;
}

/** This many directives, each on a field of its own. */
export function withDirectives(count: number): string {
  const fields = Array.from({ length: count }, (_, at) => `${LEAVES[at % LEAVES.length]} @include(if: true)`);
  return `{ viewer { kind ${fields.join(" ")} } }`;
}

/** A document of this many tokens, at least 14. */
export function ofTokens(count: number): string {
  const fields = count - 2 - 4 * 3;
  const viewers = [0, 1, 2, 3].map((at) => `viewer { ${leaves(Math.floor((fields + at) / 4))} }`);
  return `{ ${viewers.join(" ")} }`;
}

/** An operation that costs this many points, from 13 to 1,510, in pages of at most 500. */
export function costing(points: number): string {
  const objects = 4 * (points - 10);
  const perRow = 1 + 3 + 1 + 7; // the customer, its relationships, and its subscriptions with seven of them
  const rows = Math.floor((objects - 1) / perRow);
  const rest = objects - 1 - rows * perRow;
  // One object each, or two: one field may stand ten times in one place.
  const viewers =
    "viewer { user { id } } ".repeat(Math.floor(rest / 2)) + "viewer { kind } ".repeat(rest % 2);
  const row = "id relationships { id } subscriptions(first: 7) { nodes { id } }";
  return `{ ${viewers} customers(first: ${rows}) { totalCount nodes { ${row} } } }`;
}

/** A document with a name of this many letters. */
export function withName(length: number): string {
  return `{ ${"a".repeat(length)}: viewer { kind } viewer { kind } }`;
}

/** A document with a text of this many letters. */
export function withText(length: number): string {
  return `{ viewer { kind } __type(name: "${"a".repeat(length)}") { name } }`;
}

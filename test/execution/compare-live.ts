import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  validate,
  visit,
} from "graphql";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { openSocket } from "../live/socket";
import { openStream } from "../live/stream";
import type { EndpointReport } from "./compare-queries";
import { Coverage } from "./coverage";
import type { EndpointServer } from "./endpoint-server";
import { type GeneratedOperation, OperationGenerator } from "./operation-generator";
import type { SentOperation } from "./repeated-requests";
import { told } from "./transports";

const PERSON = "direct-agent";
/** Events that each listener hears. The first is executed by graphql-js, the others are not. */
const EVENTS = 3;

/**
 * Listens with random live operations over WebSocket and SSE, several times with the same text, and compares each event
 * with the first event of a listener whose text is new and whose cursor is just before it.
 */
export async function compareLive(
  endpoint: EndpointServer,
  { seed, operations }: { seed: number; operations: number },
): Promise<EndpointReport> {
  const schema = buildApiSchema();
  const options = { kinds: [OperationTypeNode.SUBSCRIPTION], samples: endpoint.data.samples };
  const generator = new OperationGenerator(schema, new Coverage(schema), seed, options);
  const report: EndpointReport = { operations: 0, answered: 0, differences: [] };
  const cursors = await cursorsOf(endpoint);
  for (let number = 0; report.operations < operations; number++) {
    const [generated] = generator.operations(number);
    const document = generated && afterCursor(generated.document);
    if (!document || validate(schema, document).length > 0) continue;
    report.operations++;
    await compareListeners(endpoint, { ...generated, document }, cursors, report);
  }
  return report;
}

async function compareListeners(
  endpoint: EndpointServer,
  { document, valid }: GeneratedOperation,
  cursors: Map<string, string[]>,
  report: EndpointReport,
): Promise<void> {
  const query = print(document);
  const rootField = ["invitationAccepted", "relationshipRemoved"].find((name) => query.includes(`${name}(`));
  const [start, ...places] = cursors.get(rootField ?? "events") ?? [];
  for (const [at, variables] of [valid[0], valid[1], valid[0]].entries()) {
    // The parser of bodies refuses a name that could set a prototype, before GraphQL sees it.
    if (JSON.stringify(variables).includes('"__proto__"')) continue;
    const sent = (after: string | undefined): SentOperation => ({
      query,
      variables: { ...variables, after },
    });
    const expected: string[] = [];
    for (const after of [start, ...places].slice(0, EVENTS)) {
      expected.push(...(await hear(endpoint, asNewListener(sent(after)), 1)));
      // An operation that cannot begin is answered once.
      if (!expected[0]?.includes('"data"')) break;
    }
    for (const transport of [hear, hearOverSocket]) {
      const actual = await transport(endpoint, sent(start), expected.length);
      if (expected.every((text) => !text.includes('"errors"'))) report.answered++;
      if (actual.join("\n") === expected.join("\n")) continue;
      report.differences.push({
        kind: `live events by ${transport === hear ? "SSE" : "WebSocket"}`,
        operation: sent(start),
        person: PERSON,
        time: `listener ${at + 1}`,
        expected: expected.join("\n"),
        actual: actual.join("\n"),
      });
    }
  }
}

async function hear(
  { server }: EndpointServer,
  { query, variables }: SentOperation,
  count: number,
): Promise<string[]> {
  const stream = await openStream(server, { token: await server.token(PERSON), query, variables });
  const events = await stream.heard(count);
  stream.hangUp();
  return events.slice(0, count).map(({ data }) => told(data).text);
}

async function hearOverSocket(
  { server }: EndpointServer,
  { query, variables }: SentOperation,
  count: number,
): Promise<string[]> {
  const raw = await openSocket(server, await server.token(PERSON));
  raw.subscribe("1", query, variables);
  const answers = () => raw.messages.filter(({ type }) => type === "next" || type === "error");
  await raw.heard(() => answers().length >= count || answers().some(({ type }) => type === "error"));
  raw.socket.terminate();
  return answers()
    .slice(0, count)
    .map(({ type, payload }) => told(type === "error" ? { errors: payload as never } : payload).text);
}

/** Where the events of each root field are, as cursors just before them. */
async function cursorsOf({ as }: EndpointServer): Promise<Map<string, string[]>> {
  const requests = await as(PERSON);
  const query = "{ events(first: 200) { nodes { type cursor } } }";
  const { nodes } = (await requests.send({ query })).data.events as {
    nodes: { type: string; cursor: string }[];
  };
  const before = (isIts: (type: string) => boolean) =>
    nodes.flatMap(({ type }, at) => (at > 0 && isIts(type) ? [nodes[at - 1]?.cursor ?? ""] : []));
  return new Map([
    ["events", before(() => true)],
    ["invitationAccepted", before((type) => type === "INVITATION_ACCEPTED")],
    ["relationshipRemoved", before((type) => type === "RELATIONSHIP_REMOVED")],
  ]);
}

let names = 0;

/** The same operation under a name of the same length that no other one has, so that graphql-js executes its first event. */
function asNewListener(operation: SentOperation): SentOperation {
  const name = `R${String(++names).padStart(NAME.length - 1, "0")}`;
  return { ...operation, query: operation.query.replace(NAME, name) };
}

const NAME = "T000000";
const ROOT_FIELDS = new Set(["events", "invitationAccepted", "relationshipRemoved"]);
const [AFTER] = parse("subscription ($after: String) { events(after: $after) { id } }").definitions as [
  OperationDefinitionNode,
];

/**
 * The operation with `$after` as the only argument of its root field, so that it hears the same events at any time;
 * undefined if its document has others.
 */
function afterCursor(document: DocumentNode): DocumentNode | undefined {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length > 1) return undefined;
  const [rootField] = AFTER.selectionSet.selections as FieldNode[];
  const placed = visit(document, {
    Field: (node) =>
      ROOT_FIELDS.has(node.name.value) ? { ...node, arguments: rootField?.arguments } : undefined,
  });
  const used = new Set<string>();
  visit(placed, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  return visit(placed, {
    OperationDefinition: (node) => ({
      ...node,
      name: { kind: Kind.NAME, value: NAME },
      variableDefinitions: [
        ...(node.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)),
        ...(AFTER.variableDefinitions ?? []),
      ],
    }),
  });
}

import { getNamedType, type GraphQLObjectType, isInterfaceType, isNonNullType, isObjectType } from "graphql";
import { allEntities } from "../../entities";
import { typeNameOfPrefix } from "../../schema/node.type";
import { idPrefixes } from "../support/id-kinds";
import { areas } from "../../src/areas";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { startTestServer, type TestServer } from "../support/test-server";

/* A client keeps objects by their ids, often without their types: one id must name one object of one type. */

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const schema = buildApiSchema();
const withIds = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => String(type.getFields().id?.type) === "ID!");

/** What tells of each object below a type, `depth` levels down: its type and id. */
function selectionOf(type: GraphQLObjectType, depth: number): string {
  const nested = Object.values(type.getFields()).flatMap((field) => {
    const of = getNamedType(field.type);
    const isFree = field.args.every((argument) => !isNonNullType(argument.type));
    if (depth === 0 || !isFree || !isObjectType(of)) return [];
    const inner = selectionOf(of, depth - 1);
    return inner === "__typename" ? [] : [`${field.name} { ${inner} }`];
  });
  return ["__typename", ...("id" in type.getFields() ? ["id"] : []), ...nested].join(" ");
}

/** The types of the objects in an answer, by the prefix of their ids. */
function typesIn(value: unknown, found: Map<string, Set<string>>): void {
  if (value === null || typeof value !== "object") return;
  const { id, __typename: name } = value as { id?: unknown; __typename?: string };
  if (typeof id === "string" && name) {
    const prefix = id.slice(0, id.lastIndexOf("_"));
    found.set(prefix, (found.get(prefix) ?? new Set()).add(name));
  }
  for (const each of Object.values(value)) typesIn(each, found);
}

it("every object type with an id has a prefix of its own, and all events share one", () => {
  const event = schema.getType("Event");
  const events = isInterfaceType(event) ? schema.getPossibleTypes(event).map(({ name }) => name) : [];
  const others = withIds.map(({ name }) => name).filter((name) => !events.includes(name));
  const known = [...typeNameOfPrefix.values(), "ActivityRecord", "ReceivedInvitation"];
  expect(others.sort()).toEqual(known.sort());
  expect(new Set(known).size).toBe(known.length);
  const stored = allEntities.flatMap((entity) => ("ids" in entity ? [entity.ids.prefix] : []));
  expect([...stored, "rinv"].sort()).toEqual(Object.values(idPrefixes).sort());
  expect(new Set(stored).size).toBe(stored.length);
  const found = Object.values(areas).flatMap(({ nodes = [] }) => nodes.map(({ of }) => of.ids.prefix));
  expect([...typeNameOfPrefix.keys()].sort()).toEqual(found.sort());
});

/** A pending invitation of one of the partners that are asked below. */
async function invited(): Promise<{ link: string; invitationId: string }> {
  const answer = await (
    await server.as("direct-agent")
  ).ask('mutation { inviteCustomer(input: { recipientEmail: "x@y.example" }) { link invitation { id } } }');
  const { link, invitation } = answer.data.inviteCustomer;
  return { link, invitationId: invitation.id };
}

it("in every answer a prefix is that of one type, and node gives an object of that type", async () => {
  const found = new Map<string, Set<string>>();
  const { link, invitationId } = await invited();
  const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter((field) =>
    field.args.every((argument) => !isNonNullType(argument.type)),
  );
  for (const person of ["direct-admin", "direct-agent", "reseller-agent", "customer-admin-1"]) {
    const { ask } = await server.as(person);
    for (const { name, type } of lists) {
      const of = getNamedType(type);
      if (!isObjectType(of)) continue;
      const connected = getNamedType(of.getFields().nodes?.type ?? type);
      const nodes = isObjectType(connected) ? selectionOf(connected, 1) : "__typename ... on Event { id }";
      const body = "nodes" in of.getFields() ? `nodes { ${nodes} }` : selectionOf(of, 2);
      typesIn((await ask(`{ ${name} { ${body} } }`)).data, found);
    }
  }
  const { ask } = await server.as("customer-admin-1");
  const open = "query ($token: String!) { invitation(token: $token) { __typename id invitationId } }";
  const received = await ask(open, { token: link.split("#")[1] });
  expect(received.data.invitation).toMatchObject({ invitationId });
  expect(received).toEqual(await ask(open, { token: link.split("#")[1] }));
  typesIn(received.data, found);
  const node = await ask("query ($id: ID!) { node(id: $id) { __typename } }", {
    id: received.data.invitation.id,
  });
  expect(node.errors?.[0]?.extensions.code).toBe("ID_MALFORMED");
  for (const [prefix, names] of found) {
    if (prefix === idPrefixes.event) continue;
    expect([prefix, [...names]]).toEqual([prefix, [expect.any(String)]]);
    const name = typeNameOfPrefix.get(prefix);
    if (name) expect([...names]).toEqual([name]);
  }
  for (const prefix of ["part", "cust", "inv", "rinv", "rel", "sub", "user", "act", "evt"])
    expect([...found.keys()]).toContain(prefix);
});

import { getNamedType, isObjectType } from "graphql";
import { type Arena, chiefOf, openArena } from "./arena";
import { typeNameOfKind } from "../../schema/node.type";
import { type RootField, rootField, schema } from "./documents";
import { codesIn, eachOf, type Reply } from "./door";
import { documentFor, fieldsOf, mayBegin, ownFiller, spread } from "./probing";
import type { Visitor } from "./arena";
import { kindOfId } from "../../src/context/ids";
import { variablesFor } from "./slots";

/** Rows of every organization are among so many of each kind. */
const MOST_OF_A_KIND = 24;

let arena: Arena;

beforeAll(async () => {
  arena = await openArena();
}, 300_000);
afterAll(() => arena.close());

const ask = (visitor: Visitor, field: RootField) =>
  arena.door.ask(
    visitor.bearer,
    documentFor(visitor, field),
    variablesFor(field, "lean", ownFiller(arena, visitor, field)),
  );

/** A permission that is missing refuses at the door, and nothing but that does. */
function doorFault(visitor: Visitor, field: RootField, reply: Reply): string[] {
  const codes = codesIn(reply);
  const may = mayBegin(visitor, field);
  const expected = visitor.kind === "anonymous" ? "TOKEN_MISSING" : "FORBIDDEN";
  const refused = codes.includes(expected);
  if (refused !== may) return [];
  const said = may
    ? `is refused ${codes.join()}`
    : `is let in without ${field.permission}: ${reply.text.slice(0, 200)}`;
  return [`${visitor.name}, ${field.operation} ${field.name}: ${said}`];
}

test("a query shows its caller rows of its own organization only, and only what its permissions open", async () => {
  const faults: string[] = [];
  // Refused attempts last: each is written into a log, which is one of the lists.
  for (const isLetIn of [true, false]) {
    for (const visitor of arena.visitors) {
      const fields = fieldsOf("query").filter((field) => mayBegin(visitor, field) === isLetIn);
      await eachOf(fields, async (field) => {
        const reply = await ask(visitor, field);
        const seen = [...arena.judge.faults(reply.text, visitor), ...arena.judge.miscounts(reply.body.data)];
        faults.push(...seen.map((fault) => `${visitor.name}, ${field.name}: ${fault}`));
        faults.push(...doorFault(visitor, field, reply));
      });
    }
  }
  expect(faults).toEqual([]);
}, 300_000);

test("`node` gives of every row that there is those of the caller's organization and no others", async () => {
  const node = rootField("query", "node");
  const kinds = [
    "partner",
    "customer",
    "invitation",
    "relationship",
    "subscription",
    "user",
    "apiKey",
    "activity",
    "partnership",
    "event",
  ] as const;
  const ids = kinds.flatMap((kind) => spread(arena.rules.idsOf(kind), MOST_OF_A_KIND));
  const faults: string[] = [];
  const chiefs = arena.visitors.filter(({ role }) => role === "global-admin");
  for (const chief of chiefs) {
    await eachOf(ids, async (id) => {
      const reply = await arena.door.ask(chief.bearer, { document: node.brief }, { id });
      const found = reply.body.data?.node != null;
      const isNode = schemaKnows(id);
      if (found !== (isNode && arena.rules.maySee(chief.organizationId, id)))
        faults.push(`${chief.name}: ${id} ${reply.text.slice(0, 200)}`);
      faults.push(
        ...arena.judge.faults(reply.text, chief, id).map((fault) => `${chief.name}, ${id}: ${fault}`),
      );
    });
  }
  expect(faults).toEqual([]);
}, 300_000);

/** Whether the kind of an id is among those that `node` can give. */
function schemaKnows(id: string): boolean {
  const name = typeNameOfKind[kindOfId(id) ?? "event"];
  return name !== undefined && schema.getType(name) !== undefined;
}

test("every list shows its owner something, or an empty answer would prove nothing", async () => {
  const empty: string[] = [];
  for (const field of fieldsOf("query").filter(({ isList }) => isList)) {
    const answers = await Promise.all(
      (["directA", "providerA", "customerX"] as const).map((key) => ask(chiefOf(arena, key), field)),
    );
    const counts = answers.map(
      ({ body }) => (body.data?.[field.name] as { totalCount: number } | null)?.totalCount ?? 0,
    );
    if (Math.max(...counts) === 0) empty.push(field.name);
  }
  expect(empty).toEqual([]);
});

test("a mutation lets nobody in who lacks its permission, whatever it would answer then", async () => {
  const faults: string[] = [];
  for (const visitor of arena.visitors) {
    await eachOf(fieldsOf("mutation"), async (field) => {
      const isUseless = !mayBegin(visitor, field);
      const variables = variablesFor(field, "lean", isUseless ? ownFiller(arena, visitor, field) : () => "");
      faults.push(
        ...doorFault(
          visitor,
          field,
          await arena.door.ask(visitor.bearer, documentFor(visitor, field), variables),
        ),
      );
    });
  }
  expect(faults).toEqual([]);
}, 300_000);

test("the activity log as a file holds what the caller's organization did, and is for those who may read it", async () => {
  const faults: string[] = [];
  await eachOf(arena.visitors, async (visitor) => {
    const headers: Record<string, string> = visitor.bearer
      ? { authorization: `Bearer ${visitor.bearer}` }
      : {};
    const response = await fetch(`${arena.server.url}/activity-log.csv`, { headers });
    const file = await response.text();
    if (response.ok !== visitor.permissions.has("activity.read"))
      faults.push(`${visitor.name}: ${response.status}`);
    const seen = arena.judge.faults(JSON.stringify({ file }), visitor);
    faults.push(...seen.map((fault) => `${visitor.name}: ${fault}`));
  });
  expect(faults).toEqual([]);
}, 300_000);

test("somebody of an unknown organization who answers an invitation sees no more of a partner than its link tells", async () => {
  const prospect = arena.visitors.find(({ kind }) => kind === "prospect") as Visitor;
  const link = arena.town.links.find(({ onlyFor }) => onlyFor === undefined);
  const input = { token: link?.token ?? "" };
  const reply = await arena.door.ask(prospect.bearer, rootField("mutation", "declineInvitation"), { input });
  expect(reply.text).toContain('"__typename":"Invitation"');
  expect(reply.text).not.toMatch(/"__typename":"(Partner|Customer|User|ResellerRelationship)"/);
});

test("each type that a query gives has an id by which it can be judged, or stands for its caller alone", () => {
  const types = fieldsOf("query").map(({ type }) => getNamedType(type));
  const nameless = types.filter(
    (type) => isObjectType(type) && !type.name.endsWith("Connection") && !("id" in type.getFields()),
  );
  expect(nameless.map(({ name }) => name)).toEqual(["Viewer"]);
});

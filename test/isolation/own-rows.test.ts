import { getNamedType, isObjectType } from "graphql";
import { type IsolationHarness, chiefOf, openIsolationHarness } from "./harness";
import { typeNameOfPrefix } from "../../schema/node.type";
import { type RootField, rootField, schema } from "./documents";
import { codesIn, eachOf, type Reply } from "./api-client";
import { documentFor, fieldsOf, mayBegin, ownFiller, spread } from "./probing";
import type { Caller } from "./harness";
import { prefixOfId } from "../../src/values/ids";
import { variablesFor } from "./id-parameters";

/** Rows of every organization are among so many of each kind. */
const MAX_OF_A_KIND = 24;

let harness: IsolationHarness;

beforeAll(async () => {
  harness = await openIsolationHarness();
}, 300_000);
afterAll(() => harness.close());

const ask = (caller: Caller, field: RootField) =>
  harness.apiClient.ask(
    caller.bearer,
    documentFor(caller, field),
    variablesFor(field, "lean", ownFiller(harness, caller, field)),
  );

/** A permission that is missing refuses at the endpoint, and nothing but that does. */
function doorFault(caller: Caller, field: RootField, reply: Reply): string[] {
  const codes = codesIn(reply);
  const may = mayBegin(caller, field);
  const expected = caller.kind === "anonymous" ? "TOKEN_MISSING" : "FORBIDDEN";
  const refused = codes.includes(expected);
  if (refused !== may) return [];
  const said = may
    ? `is refused ${codes.join()}`
    : `is let in without ${field.permission}: ${reply.text.slice(0, 200)}`;
  return [`${caller.name}, ${field.operation} ${field.name}: ${said}`];
}

test("a query shows its caller rows of its own organization only, and only what its permissions open", async () => {
  const faults: string[] = [];
  // Refused attempts last: each is written into a log, which is one of the lists.
  for (const isLetIn of [true, false]) {
    for (const caller of harness.callers) {
      const fields = fieldsOf("query").filter((field) => mayBegin(caller, field) === isLetIn);
      await eachOf(fields, async (field) => {
        const reply = await ask(caller, field);
        const seen = [
          ...harness.oracle.faults(reply.text, caller),
          ...harness.oracle.miscounts(reply.body.data),
        ];
        faults.push(...seen.map((fault) => `${caller.name}, ${field.name}: ${fault}`));
        faults.push(...doorFault(caller, field, reply));
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
  const ids = kinds.flatMap((kind) => spread(harness.rules.idsOf(kind), MAX_OF_A_KIND));
  const faults: string[] = [];
  const chiefs = harness.callers.filter(({ role }) => role === "global-admin");
  for (const chief of chiefs) {
    await eachOf(ids, async (id) => {
      const reply = await harness.apiClient.ask(chief.bearer, { document: node.brief }, { id });
      const found = reply.body.data?.node != null;
      const isNode = schemaKnows(id);
      if (found !== (isNode && harness.rules.maySee(chief.organizationId, id)))
        faults.push(`${chief.name}: ${id} ${reply.text.slice(0, 200)}`);
      faults.push(
        ...harness.oracle.faults(reply.text, chief, id).map((fault) => `${chief.name}, ${id}: ${fault}`),
      );
    });
  }
  expect(faults).toEqual([]);
}, 300_000);

test("`node` gives a lower role, or a key, rows of its own organization only as far as its permissions open them", async () => {
  const node = rootField("query", "node");
  const faults: string[] = [];
  await eachOf(
    harness.callers.filter((caller) => caller.key && mayBegin(caller, node)),
    async (caller) => {
      for (const kind of [
        "customer",
        "invitation",
        "relationship",
        "subscription",
        "user",
        "apiKey",
      ] as const) {
        const [id] = harness.rules
          .idsOf(kind)
          .filter((one) => harness.rules.maySee(caller.organizationId, one));
        if (id === undefined) continue;
        const reply = await harness.apiClient.ask(caller.bearer, node, { id });
        faults.push(
          ...harness.oracle.faults(reply.text, caller, id).map((fault) => `${caller.name}: ${fault}`),
        );
      }
    },
  );
  expect(faults).toEqual([]);
}, 300_000);

/** Whether the kind of an id is among those that `node` can give. */
function schemaKnows(id: string): boolean {
  const name = typeNameOfPrefix.get(prefixOfId(id) ?? "");
  return name !== undefined && schema.getType(name) !== undefined;
}

test("every list shows its owner something, or an empty answer would prove nothing", async () => {
  const empty: string[] = [];
  for (const field of fieldsOf("query").filter(({ isList }) => isList)) {
    const answers = await Promise.all(
      (["directA", "providerA", "customerX"] as const).map((key) => ask(chiefOf(harness, key), field)),
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
  for (const caller of harness.callers) {
    await eachOf(fieldsOf("mutation"), async (field) => {
      const isUseless = !mayBegin(caller, field);
      const variables = variablesFor(field, "lean", isUseless ? ownFiller(harness, caller, field) : () => "");
      faults.push(
        ...doorFault(
          caller,
          field,
          await harness.apiClient.ask(caller.bearer, documentFor(caller, field), variables),
        ),
      );
    });
  }
  expect(faults).toEqual([]);
}, 300_000);

test("the activity log as a file holds what the caller's organization did, and is for those who may read it", async () => {
  const faults: string[] = [];
  await eachOf(harness.callers, async (caller) => {
    const headers: Record<string, string> = caller.bearer ? { authorization: `Bearer ${caller.bearer}` } : {};
    const response = await fetch(`${harness.server.url}/activity-log.csv`, { headers });
    const file = await response.text();
    if (response.ok !== caller.permissions.has("activity.read"))
      faults.push(`${caller.name}: ${response.status}`);
    const seen = harness.oracle.faults(JSON.stringify({ file }), caller);
    faults.push(...seen.map((fault) => `${caller.name}: ${fault}`));
  });
  expect(faults).toEqual([]);
}, 300_000);

test("somebody of an unknown organization who answers an invitation sees no more of a partner than its link tells", async () => {
  const prospect = harness.callers.find(({ kind }) => kind === "prospect") as Caller;
  const link = harness.world.links.find(({ onlyFor }) => onlyFor === undefined);
  const input = { token: link?.token ?? "" };
  const reply = await harness.apiClient.ask(prospect.bearer, rootField("mutation", "declineInvitation"), {
    input,
  });
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

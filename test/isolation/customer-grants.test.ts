import { getNamedType, type GraphQLNamedType, type GraphQLOutputType, isAbstractType } from "graphql";
import { codesIn, eachOf, type Reply } from "./api-client";
import { rootField, type RootField, schema } from "./documents";
import type { CustomerKey } from "./fixture-plan";
import { fieldsOfRows, grantable, GrantHolder, HOLDERS_PARTNER, lists } from "./grant-holder";
import { type Caller, chiefOf, type IsolationHarness, openIsolationHarness } from "./harness";
import { variablesFor } from "./id-parameters";

/*
 * Somebody whose only rights are grants on single customers sees of every list, and by every id, what is about these customers and
 * nothing else, until the grants end. The lists are the schema's: a new one is tried here, or fails, without a change to this file.
 */

let harness: IsolationHarness;
let holder: GrantHolder;
let chief: Caller;
beforeAll(async () => {
  harness = await openIsolationHarness();
  holder = await GrantHolder.signIn(harness);
  chief = chiefOf(harness, HOLDERS_PARTNER);
}, 300_000);
afterAll(() => harness.close());
afterEach(() => harness.server.setClock());

const GRANTED: readonly CustomerKey[] = ["customerX"];
const LIMITED = lists.filter(({ permission }) => grantable.includes(permission as never));
const MINUTES = 60_000;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTES).toISOString();

/** Asks a list for the ids and the count of all that it has. */
const ask = (bearer: string | undefined, { name }: RootField): Promise<Reply> => {
  const page = "pageInfo { hasNextPage hasPreviousPage }";
  const document = `{ ${name}(first: 500) { __typename nodes { id } totalCount ${page} } }`;
  return harness.apiClient.ask(bearer, { document }, {});
};

/** Asks a list for all that its first rows and what hangs on them can give. */
const askForAll = (field: RootField): Promise<Reply> =>
  harness.apiClient.ask(
    holder.bearer,
    field,
    variablesFor(field, "lean", () => ""),
  );

interface ListAnswer {
  nodes: { id: string }[];
  totalCount: number;
}
const idsOf = (reply: Reply, field: RootField) =>
  ((reply.body.data?.[field.name] as ListAnswer | null)?.nodes ?? []).map(({ id }) => id);

/** What every list of the schema answers, by name: the ids that it gives, or the code that it refuses with. */
async function answers(): Promise<Record<string, string[] | string>> {
  const found: Record<string, string[] | string> = {};
  for (const field of LIMITED) {
    const reply = await ask(holder.bearer, field);
    found[field.name] = codesIn(reply).join() || idsOf(reply, field);
  }
  return found;
}

const eachIs = (what: string[] | string) => Object.fromEntries(LIMITED.map(({ name }) => [name, what]));

test("no activity record hangs on an event, for which grants would have to be asked", () => {
  const reached = new Set<string>();
  const reach = (type: GraphQLNamedType | undefined) => {
    if (!type || reached.has(type.name)) return;
    reached.add(type.name);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(reach);
    if ("getFields" in type)
      Object.values(type.getFields()).forEach((field) =>
        reach(getNamedType(field.type as GraphQLOutputType)),
      );
  };
  reach(schema.getType("Subscription"));
  expect(reached.has("Customer")).toBe(true);
  expect(reached.has("ActivityRecord")).toBe(false);
});

test("a list whose rows name their customer takes a permission that can be limited to a customer", () => {
  // An endpoint is the organization's, whichever customer's events it gets.
  const isOthers = ({ name }: RootField) => name === "webhookEndpoints";
  const naming = lists.filter((field) => fieldsOfRows(field).some((name) => /^customer(Id)?$/.test(name)));
  const unlimited = naming.filter((field) => !LIMITED.includes(field) && !isOthers(field));
  expect(unlimited.map(({ name }) => name)).toEqual([]);
  expect(LIMITED.length).toBeGreaterThanOrEqual(6);
});

test("every list shows the holder of grants on a customer what is about that customer, and counts it; others stay closed", async () => {
  await holder.grant(GRANTED, inMinutes(30));
  const faults: string[] = [];
  for (const field of lists) {
    const [whole, seen] = [await ask(chief.bearer, field), await ask(holder.bearer, field)];
    await harness.lookAgain();
    if (!LIMITED.includes(field)) {
      if (codesIn(seen).join() !== "FORBIDDEN") faults.push(`${field.name} is not FORBIDDEN: ${seen.text}`);
      continue;
    }
    const all = idsOf(whole, field);
    const due = all.filter((id) => holder.isAbout(id, GRANTED));
    if (due.length === 0 || due.length === all.length) faults.push(`${field.name} proves nothing`);
    if (idsOf(seen, field).join() !== due.join())
      faults.push(
        `${field.name} shows ${idsOf(seen, field).join()}, not ${due.join()}: ${codesIn(seen).join()}`,
      );
    faults.push(...harness.oracle.miscounts(seen.body.data));
    const everything = await askForAll(field);
    const named = [...holder.idsOfOthersIn(everything.text, GRANTED), ...codesIn(everything)];
    if (named.length > 0) faults.push(`${field.name} names ${named.join()}`);
    faults.push(...harness.oracle.miscounts(everything.body.data));
  }
  expect(faults).toEqual([]);
}, 120_000);

test("pages follow each other, and filters find the same, for the holder of grants as for its partner", async () => {
  await holder.grant(GRANTED, inMinutes(30));
  for (const field of LIMITED) {
    const due = idsOf(await ask(holder.bearer, field), field);
    const paged: string[] = [];
    for (let after: string | null = null; paged.length <= due.length;) {
      const document = `query ($after: String) { ${field.name}(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
      const reply: Reply = await harness.apiClient.ask(holder.bearer, { document }, { after });
      paged.push(...idsOf(reply, field));
      const { pageInfo } = reply.body.data?.[field.name] as {
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect([field.name, paged]).toEqual([field.name, due]);
    if (!field.args.some(({ name }) => name === "customerId")) continue;
    const filtered = async (customer: CustomerKey) => {
      const document = `query ($id: ID) { ${field.name}(first: 500, customerId: $id) { nodes { id } totalCount } }`;
      const variables = { id: harness.world.customers[customer].id };
      return (await harness.apiClient.ask(holder.bearer, { document }, variables)).body.data?.[field.name];
    };
    expect([field.name, await filtered("customerX")]).toMatchObject([field.name, { totalCount: due.length }]);
    expect([field.name, await filtered("customerZ")]).toEqual([field.name, { nodes: [], totalCount: 0 }]);
  }
});

const KINDS = ["customer", "invitation", "relationship", "subscription"] as const;
const OTHER_KINDS = ["user", "apiKey", "webhookEndpoint", "webhookDelivery"] as const;

test("`node` gives the holder of grants on a customer every row about that customer, and no other one but itself", async () => {
  await holder.grant(GRANTED, inMinutes(30));
  await harness.lookAgain();
  const node = rootField("query", "node");
  const faults: string[] = [];
  let given = 0;
  await eachOf(
    [...KINDS, ...OTHER_KINDS].flatMap((kind) => harness.rules.idsOf(kind)),
    async (id) => {
      const reply = await harness.apiClient.ask(holder.bearer, node, { id });
      const isGiven = reply.body.data?.node != null;
      const isDue =
        id === holder.userId ||
        (holder.isAbout(id, GRANTED) && harness.rules.maySee(holder.partnerId, id) && isOfKinds(id));
      if (isGiven !== isDue) faults.push(`${id} ${isGiven ? "is given" : "is not given"}`);
      if (isGiven) given++;
      const others = holder.idsOfOthersIn(reply.text, GRANTED).filter((other) => other !== id);
      if (others.length > 0) faults.push(`${id} names ${others.join()}`);
    },
  );
  expect(faults).toEqual([]);
  expect(given).toBeGreaterThan(4);
}, 120_000);

const isOfKinds = (id: string) => KINDS.some((kind) => harness.rules.idsOf(kind).includes(id));

test("a grant ends with its time, and when it is deleted, for the very next operation", async () => {
  await holder.grant(GRANTED, inMinutes(10));
  const before = await answers();
  for (const found of Object.values(before)) expect(Array.isArray(found) && found.length > 0).toBe(true);
  harness.server.setClock(inMinutes(20));
  expect(await answers()).toEqual(eachIs("FORBIDDEN"));
  harness.server.setClock();
  await holder.grant(GRANTED);
  expect(Object.keys(await answers())).toEqual(Object.keys(before));
  await holder.grant([]);
  expect(await answers()).toEqual(eachIs("FORBIDDEN"));
});

test("where a grant on another customer remains, what was about the first is empty at once", async () => {
  await holder.grant(["customerX", "customerZ"]);
  const node = rootField("query", "node");
  const idX = harness.world.customers.customerX.id;
  const found = async () => (await harness.apiClient.ask(holder.bearer, node, { id: idX })).body.data?.node;
  expect(await found()).toMatchObject({ __typename: "Customer" });
  await holder.grant(["customerZ"]);
  expect(await found()).toBeNull();
  for (const [name, ids] of Object.entries(await answers()))
    expect([name, (ids as string[]).filter((id) => holder.isAbout(id, ["customerX"]))]).toEqual([name, []]);
});

test("a mutation takes its permission for the whole organization", async () => {
  await holder.grant(GRANTED);
  const document = `mutation ($id: ID!) { updateCustomer(input: { customerId: $id, companyName: "X" }) { customer { id } } }`;
  const reply = await harness.apiClient.ask(
    holder.bearer,
    { document },
    { id: harness.world.customers.customerX.id },
  );
  expect(codesIn(reply)).toEqual(["FORBIDDEN"]);
});

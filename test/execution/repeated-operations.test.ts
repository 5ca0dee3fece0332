import { startTestServer, type TestServer } from "../support/test-server";
import { type RepeatedRequests, requestsOf, type SentOperation, type TextAnswer } from "./repeated-requests";

/*
 * What was once answered differently from the third time on. Each operation is answered by graphql-js when it is new, and
 * five times as a repeated one.
 */

const TIMES = 5;

let server: TestServer;
let requests: RepeatedRequests;
beforeAll(async () => {
  server = await startTestServer();
  requests = await requestsOf(server, "direct-agent");
});
afterAll(() => server.stop());

let documents = 0;

/** Answers of the same text, the 1st to the 5th time. Every test has texts of its own. */
async function repeated({ query, ...rest }: SentOperation, between?: SentOperation): Promise<TextAnswer[]> {
  const own = `${query} # repeated ${documents++}`;
  const answers: TextAnswer[] = [];
  for (let time = 1; time <= TIMES; time++) {
    answers.push(await requests.send({ ...rest, query: own }));
    if (between) await requests.send({ ...between, query: own });
  }
  return answers;
}

/** Expects each repeated answer to be that of graphql-js, to the letter, and returns it. */
async function always(operation: SentOperation, between?: SentOperation["variables"]): Promise<TextAnswer> {
  const reference = await requests.sendAsNew(operation);
  const others = between && { ...operation, variables: between };
  for (const [at, answer] of (await repeated(operation, others)).entries())
    expect({ time: at + 1, text: answer.text }).toEqual({ time: at + 1, text: reference.text });
  return reference;
}

describe("a fragment that is spread again under another condition", () => {
  const FRAGMENT = "fragment x on Customer { companyName }";
  const query = `query ($a: Boolean!) { customers(first: 1) { nodes { ...x @include(if: $a) ...x } } } ${FRAGMENT}`;

  it("keeps its fields in a query", async () => {
    const { data } = await always({ query, variables: { a: false } }, { a: true });
    expect(data.customers.nodes[0].companyName).toEqual(expect.any(String));
  });

  it("keeps its fields when it is skipped, nested or in another fragment", async () => {
    for (const selection of [
      "...x ...x @skip(if: $a)",
      "...x @skip(if: $b) ...x @include(if: $b)",
      "... @include(if: $a) { ...x } ...x",
      "...y @include(if: $a) ...y",
    ]) {
      const nested = selection.includes("...y")
        ? "fragment y on Customer { ...x @include(if: $b) ...x }"
        : "";
      const text = `query ($a: Boolean!, $b: Boolean!) { viewer { kind @skip(if: $a) kind @include(if: $b) }
        customers(first: 1) { nodes { __typename ${selection} } } } ${FRAGMENT} ${nested}`;
      for (const variables of [
        { a: false, b: false },
        { a: true, b: false },
        { a: false, b: true },
      ])
        expect((await always({ query: text, variables })).data.customers.nodes).toHaveLength(1);
    }
  });

  it("keeps its fields in userErrors", async () => {
    const { data } = await always({
      query: `mutation ($a: Boolean!) { updateCustomer(input: { customerId: "cust_01h455vb4pex5vsknk084sn02q" }) {
        userErrors { ...e @include(if: $a) ...e } } } fragment e on UserError { code message field }`,
      variables: { a: false },
    });
    expect(data.updateCustomer.userErrors[0]).toHaveProperty("code");
  });
});

it("a field that is skipped and one with the same name that is not", async () => {
  const query =
    "query ($s: Boolean!) { viewer @skip(if: $s) { ...V } viewer { kind } } fragment V on Viewer { displayName }";
  expect((await always({ query, variables: { s: true } })).data).toEqual({
    viewer: { kind: "PARTNER_USER" },
  });
  expect((await always({ query, variables: { s: false } })).data.viewer).toHaveProperty("displayName");
});

it("the order of keys is that of the document as its conditions are", async () => {
  const query = `query ($s: Boolean!) { viewer { kind @skip(if: $s) ...V kind email displayName @include(if: $s) } }
    fragment V on Viewer { tenantId displayName }`;
  const { text } = await always({ query, variables: { s: true } }, { s: false });
  expect(text).toMatch(/tenantId.*displayName.*kind.*email/);
});

describe("null for a variable", () => {
  it("is refused where a condition needs a value, although the variable has a default", async () => {
    const query = "query ($i: Boolean = true) { viewer { kind @include(if: $i) } }";
    expect((await always({ query, variables: { i: null } }, {})).errors).toHaveLength(1);
    expect((await always({ query, variables: {} }, { i: false })).data.viewer).toEqual({
      kind: "PARTNER_USER",
    });
  });

  it("is refused for a field with a default that must not be null, in a variable and within one", async () => {
    const whole = "query ($o: CustomerOrder) { customers(first: 1, orderBy: $o) { totalCount } }";
    expect(
      (await always({ query: whole, variables: { o: { field: "SINCE", direction: null } } })).errors,
    ).toHaveLength(1);
    expect((await always({ query: whole, variables: { o: { field: "SINCE" } } })).errors).toBeUndefined();
    const inner =
      "query ($d: OrderDirection) { customers(first: 1, orderBy: { field: SINCE, direction: $d }) { totalCount } }";
    expect((await always({ query: inner, variables: { d: null } }, {})).errors).toHaveLength(1);
    expect((await always({ query: inner, variables: {} })).errors).toBeUndefined();
  });
});

it("a list is refused where an input object belongs", async () => {
  const query = "query ($v: CustomerFilter) { customers(first: 1, filter: $v) { totalCount } }";
  expect((await always({ query, variables: { v: [] } }, { v: {} })).errors).toHaveLength(1);
});

it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "then"])(
  "the alias %s is a name like every other one",
  async (alias) => {
    const query = `{ viewer { ${alias}: kind } ${alias}: customers(first: 1) { ${alias}: nodes { ${alias}: id ...x } } }
      fragment x on Customer { ${alias}: id }`;
    const { text } = await always({ query });
    expect(text).toContain(`"${alias}":"PARTNER_USER"`);
  },
);

it("errors are told in the same order and number, with every place of the field in the document", async () => {
  const query = `query ($id: ID!, $b: Boolean = true) { a: customer(id: $id) { id } b: customer(id: "x") { ...x } b: customer(id: "x") { since }
    c: customers(first: 1) { nodes { id @skip(if: $b) } } a: customer(id: $id) { country } } fragment x on Customer { id }`;
  const { errors } = await always({ query, variables: { id: "y" } });
  expect(errors?.map(({ path }) => path)).toEqual([["a"], ["b"]]);
  const [first] = errors as unknown as { locations: unknown[] }[];
  expect(first?.locations).toHaveLength(2);
  await always({ query, variables: { id: "y", b: null } }, { id: "y" });
});

it("many wrong variables are told up to the same limit", async () => {
  const query =
    "query ($t: [EventType!], $f: Int, $o: CustomerOrder) { events(types: $t, first: $f) { totalCount } customers(orderBy: $o) { totalCount } }";
  const types = Array.from({ length: 60 }, (_, at) => `WRONG_${at}`);
  await always({ query, variables: { t: types, f: "1", o: { field: 1, x: 2 } } }, {});
  await always({ query, variables: { t: types.slice(0, 3), f: {}, o: [] } });
});

import { startTestServer, type TestServer } from "../support/test-server";

/*
 * A document is answered by Apollo and graphql-js the first time, after that without Apollo, and soon by a function
 * compiled for it. Nobody may be able to tell: every answer, refusals among them, is the same each time, to the header.
 */

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.stop());

interface Sent {
  person?: string;
  authorization?: string;
  accept?: string;
  body: Record<string, unknown>;
}

interface Received {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const TIMES = 4;
const OWN_EACH_TIME = ["date", "ratelimit-remaining", "ratelimit-reset", "keep-alive", "content-length"];

async function receive({ person, authorization, accept, body }: Sent): Promise<Received> {
  const bearer = person ? `Bearer ${await server.token(person)}` : authorization;
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": "the-same-each-time",
      ...(bearer && { authorization: bearer }),
      ...(accept && { accept }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const headers = Object.fromEntries(response.headers);
  expect(headers["content-length"]).toBe(String(Buffer.byteLength(text)));
  for (const name of OWN_EACH_TIME) delete headers[name];
  return { status: response.status, headers, body: withoutBudget(text) };
}

function withoutBudget(text: string): unknown {
  const body = JSON.parse(text) as { extensions?: { cost?: { budget?: object } } };
  if (body.extensions?.cost) delete body.extensions.cost.budget;
  // In order: a client may print it.
  return JSON.stringify(body);
}

let documents = 0;

/** What is received the first time, when Apollo sees the document first; fails where a later time differs. */
async function always({ body, ...from }: Sent): Promise<Received> {
  const sent = { ...from, body: { ...body, query: `${String(body.query)} # ${documents++}` } };
  const first = await receive(sent);
  for (let time = 1; time < TIMES; time++)
    expect({ time, ...(await receive(sent)) }).toEqual({ time, ...first });
  return first;
}

const asAgent = (query: string, variables?: unknown, more: object = {}) =>
  always({ person: "direct-agent", body: { query, variables, ...more } });

const LIST = `query List($first: Int = 3, $after: String, $more: Boolean = true) {
  customers(first: $first, after: $after) { totalCount
    edges { cursor node { __typename id ...Names } }
    nodes { relationships @include(if: $more) { id status partner { __typename name programmeRole } }
      subscriptions(first: 2) { totalCount nodes { id quantity termEndsAt autoRenewEnabled actions { action allowed } } } }
    pageInfo { hasNextPage endCursor } } }
  fragment Names on Customer { called: companyName domain since version }`;

it("a list with everything that hangs on it", async () => {
  const { status, body } = await asAgent(LIST);
  expect(status).toBe(200);
  expect(body).toContain('"partner":{"__typename":"Partner"');
  for (const variables of [null, {}, { first: 1, more: false }, { first: null }])
    await asAgent(LIST, variables);
});

it("an answer of many pages, with letters of several bytes", async () => {
  const fields =
    "id companyName domain country cloud tenantId since version contactEmail contactPhone contactFirstName contactLastName";
  const pages = [0, 1, 2, 3, 4].map((at) => `p${at}: customers(first: 12) { nodes { ${fields} } }`);
  const { status, body } = await asAgent(`{ ${pages.join(" ")} }`);
  expect(status).toBe(200);
  expect(body).toContain("Évora");
  expect(String(body).length).toBeGreaterThan(10_000);
});

it.each([
  ["a variable of the wrong type", LIST, { first: "three" }],
  ["a variable that is not of the list's bounds", LIST, { first: 501 }],
  ["a cursor that is none", LIST, { after: "x" }],
  ["variables that are a list", LIST, [1]],
  ["variables that are nothing of the kind", LIST, 0],
  ["an id of another kind", "query ($id: ID!) { customer(id: $id) { id } }", { id: "part_x" }],
  ["a required variable that is missing", "query ($id: ID!) { customer(id: $id) { id } }", {}],
  ["a required variable that is null", "query ($id: ID!) { customer(id: $id) { id } }", { id: null }],
  [
    "null for an argument with a default variable",
    'query ($id: ID = "x") { customer(id: $id) { id } }',
    { id: null },
  ],
  [
    "an enum's word that does not exist",
    "query ($f: CustomerOrder) { customers(orderBy: $f) { totalCount } }",
    { f: { field: "SIZE" } },
  ],
  [
    "a field of an input that does not exist",
    "query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }",
    { f: { size: 3 } },
  ],
])("a mistake: %s", async (_name, query, variables) => {
  const { body } = await asAgent(query, variables);
  expect(body).toContain('"errors"');
});

it("a query whose fields fail in part", async () => {
  const query = `{ customers(first: 1) { nodes { id } } missing: customer(id: "cust_01h455vb4pex5vsknk084sn02q") { id }
    events(first: 2) { nodes { id type ... on InvitationAcceptedEvent { companyName relationships { id } } } }
    node(id: "offer_x") { __typename } }`;
  expect((await asAgent(query)).body).toContain("CUSTOMER_NOT_FOUND");
});

it("mutations that are refused as data, and because of the role, one after the other", async () => {
  const query = `mutation ($id: ID!, $token: String!) {
    a: suspendSubscription(input: { subscriptionId: $id }) { subscription { id } userErrors { code field message } }
    b: acceptInvitation(input: { token: $token }) { invitation { id } userErrors { code } } }`;
  const variables = { id: "sub_01h455vb4pex5vsknk084sn02q", token: "a".repeat(43) };
  const { body } = await asAgent(query, variables);
  expect(body).toContain("SUBSCRIPTION_NOT_FOUND");
  expect(body).toContain("FORBIDDEN");
});

it("the schema about itself", async () => {
  const query =
    '{ __schema { queryType { name } } __type(name: "Customer") { fields { name type { kind name } } } }';
  expect((await asAgent(query)).body).toContain('"queryType":{"name":"Query"}');
});

it("a document of several operations, by name, without a name, and by a name that is not in it", async () => {
  const query = "query A { viewer { email } } query B { viewer { displayName } }";
  expect((await asAgent(query, {}, { operationName: "B" })).body).toContain("displayName");
  for (const operationName of [undefined, null, "", "C", 7])
    expect((await asAgent(query, {}, { operationName })).body).toContain('"errors"');
});

it("extensions that clients send, and those that ask for what is not served", async () => {
  const query = "{ viewer { email tenantId } }";
  const library = { clientLibrary: { name: "@apollo/client", version: "4.0.0" } };
  expect((await asAgent(query, {}, { extensions: library })).status).toBe(200);
  for (const extensions of [{ persistedQuery: { version: 1, sha256Hash: "x" } }, [], "x"])
    expect((await asAgent(query, {}, { extensions })).body).toContain('"errors"');
});

it("nobody, a token that is none, and somebody of an organization that is not known", async () => {
  const body = {
    query: "query ($f: CustomerOrder) { viewer { email } customers(orderBy: $f) { totalCount } }",
  };
  await asAgent(body.query);
  expect((await always({ body })).body).toContain("TOKEN_MISSING");
  expect((await always({ authorization: "Bearer nonsense", body })).body).toContain("TOKEN_INVALID");
  const wrong = { ...body, variables: { f: { field: "COMPANY_NAM" } } };
  expect((await always({ body: wrong })).body).not.toContain("Did you mean");
  expect((await always({ person: "direct-agent", body: wrong })).body).toContain("Did you mean");
});

it("an operation that costs too much", async () => {
  const query =
    "query ($n: Int) { customers(first: $n) { nodes { subscriptions(first: $n) { nodes { id } } } } }";
  expect((await asAgent(query, { n: 2 })).status).toBe(200);
  expect(await asAgent(query, { n: 500 })).toMatchObject({
    status: 400,
    body: expect.stringContaining("OPERATION_TOO_LARGE"),
  });
});

it("to whoever takes another form of answer", async () => {
  const body = { query: "{ viewer { email displayName } }" };
  const json = "application/json; charset=utf-8";
  const response = "application/graphql-response+json; charset=utf-8";
  for (const [accept, contentType] of [
    ["application/json", json],
    ["application/graphql-response+json", response],
    ["application/graphql-response+json, application/json;q=0.9", response],
    ["text/html, application/json;q=0.1", json],
  ] as const) {
    const { status, headers } = await always({ person: "direct-agent", accept, body });
    expect([status, headers["content-type"]]).toEqual([200, contentType]);
  }
  expect((await always({ person: "direct-agent", accept: "text/html", body })).status).toBe(406);
});

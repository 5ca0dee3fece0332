import { request } from "node:http";
import WebSocket from "ws";
import { startTestServer, type TestServer } from "../support/test-server";
import { superlinear, type Work } from "./cpu-growth";

let server: TestServer;
let authorization: string;
beforeAll(async () => {
  const unlimited = { LIMIT_TEXT: "262144", LIMIT_NAME: "10000" };
  const budgets = { LIMIT_BUDGET: "100000000", LIMIT_ANONYMOUS_REQUESTS: "1000000" };
  server = await startTestServer({ ...unlimited, ...budgets, TRUSTED_PROXIES: "127.0.0.1" });
  authorization = `Bearer ${await server.token("direct-agent")}`;
});
afterAll(() => server.stop());

const JSON_TYPE = { "content-type": "application/json" };

/** Sends a request whose headers may be anything, and reads the whole answer. */
function send(path: string, headers: Record<string, string>, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(`${server.url}${path}`, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => resolve(text));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

const post = (body: object, headers: Record<string, string> = {}) =>
  send("/graphql", { ...JSON_TYPE, authorization, ...headers }, JSON.stringify(body));

/** Opens a socket, signs in with this, subscribes under this id, and waits for an answer or the end. */
function overWebSocket({
  payload = { authorization } as object,
  id = "1",
  variables = {} as object,
}): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const query = "query ($f: Int) { customers(first: $f) { totalCount } }";
    socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init", payload })));
    socket.on("message", (bytes: Buffer) => {
      const { type } = JSON.parse(bytes.toString()) as { type: string };
      if (type !== "connection_ack") return socket.close();
      socket.send(JSON.stringify({ type: "subscribe", id, payload: { query, variables } }));
    });
    socket.on("error", () => undefined);
    socket.once("close", () => resolve());
  });
}

const UNITS = ["a", '"', ",", " ", "a.", "=", ";q="];
const repeated = (unit: string, length: number) => `${unit.repeat(length / unit.length)}!`;

/** Node takes 16 KiB of headers, the address with them. */
const HEADERS_LENGTH = 14_000;

async function growthOf(
  works: [name: string, work: (unit: string) => Work][],
  length: number,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, workOf] of works)
    for (const unit of UNITS) {
      const growth = await superlinear(workOf(unit), length);
      if (growth) found.push(`${name} ${JSON.stringify(unit)}: ${growth}`);
    }
  return found;
}

it("a long header takes time that grows with its length only", async () => {
  const names = [
    "authorization",
    "accept",
    "x-request-id",
    "content-type",
    "x-forwarded-for",
    "origin",
    "host",
  ];
  const ofDocument = names.map((name): [string, (unit: string) => Work] => [
    name,
    (unit) => (length) =>
      post(
        { query: "{ viewer { kind } }" },
        { [name]: `${name === "authorization" ? "Bearer " : ""}${repeated(unit, length)}` },
      ),
  ]);
  const ofStream = ["last-event-id", "accept"].map((name): [string, (unit: string) => Work] => [
    `stream ${name}`,
    (unit) => (length) =>
      send(
        "/graphql/stream",
        { ...JSON_TYPE, authorization, [name]: repeated(unit, length) },
        JSON.stringify({ query: "subscription { invitationAccepted { cursor } events { cursor } }" }),
      ),
  ]);
  expect(await growthOf([...ofDocument, ...ofStream], HEADERS_LENGTH)).toEqual([]);
});

it("and so does a long address", async () => {
  const paths: [string, (text: string) => string][] = [
    ["query", (text) => `/graphql?query=${text}`],
    ["variables", (text) => `/graphql?query={viewer{kind}}&variables=${text}`],
    ["documentId", (text) => `/graphql?documentId=${text}`],
    ["stream variables", (text) => `/graphql/stream?query={viewer{kind}}&variables=${text}`],
    ["file, a filter", (text) => `/activity-log.csv?companyName=${text}`],
    ["file, an instant", (text) => `/activity-log.csv?from=${text}`],
    ["file, a name", (text) => `/activity-log.csv?${text}=1`],
    ["nowhere", (text) => `/${text}`],
  ];
  const works = paths.map(([name, pathOf]): [string, (unit: string) => Work] => [
    name,
    (unit) => (length) =>
      send(pathOf(encodeURIComponent(unit).repeat(length / encodeURIComponent(unit).length)), {
        authorization,
        "apollo-require-preflight": "1",
      }),
  ]);
  const many: [string, (unit: string) => Work] = [
    "file, many names",
    () => (length) =>
      send(`/activity-log.csv?${Array.from({ length: length / 6 }, (_, at) => at).join("&")}`, {
        authorization,
      }),
  ];
  expect(await growthOf([...works, many], HEADERS_LENGTH)).toEqual([]);
});

it("and so does a long name in the document, wherever it stands, and many names that do not exist", async () => {
  const documents: [string, (name: string) => object][] = [
    ["a field", (name) => ({ query: `{ ${name} }` })],
    ["an alias", (name) => ({ query: `{ viewer { ${name}: kind } }` })],
    ["an argument", (name) => ({ query: `{ customers(${name}: 1) { totalCount } }` })],
    ["a type", (name) => ({ query: `query ($a: ${name}) { viewer { kind } }` })],
    ["a type condition", (name) => ({ query: `{ viewer { ... on ${name} { kind } } }` })],
    ["a fragment", (name) => ({ query: `{ viewer { ...${name} } }` })],
    ["a directive", (name) => ({ query: `{ viewer @${name} { kind } }` })],
    ["a variable", (name) => ({ query: `{ customers(first: $${name}) { totalCount } }` })],
    ["an enum value", (name) => ({ query: `{ invitations(status: ${name}) { totalCount } }` })],
    ["an operation", (name) => ({ query: `query ${name} { viewer { kind } }` })],
    ["the wanted operation", (name) => ({ query: "{ viewer { kind } }", operationName: name })],
    ["a document's id", (name) => ({ documentId: name })],
    ["a field of an input", (name) => ({ query: WITH_INPUT, variables: { input: { [name]: 1 } } })],
    [
      "many fields of an input",
      (name) => ({ query: WITH_INPUT, variables: { input: manyFields(name.length / 10) } }),
    ],
    [
      "many items",
      (name) => ({ query: WITH_LIST, variables: { types: Array(name.length / 10).fill("NONE") } }),
    ],
    ["many texts", (name) => ({ query: WITH_LIST, variables: { types: Array(name.length / 10).fill(1) } })],
  ];
  const found: string[] = [];
  for (const [place, bodyOf] of documents) {
    const growth = await superlinear((length) => post(bodyOf("a".repeat(length))), 60_000);
    if (growth) found.push(`${place}: ${growth}`);
  }
  expect(found).toEqual([]);
});

const WITH_INPUT =
  "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { userErrors { code } } }";
const WITH_LIST = "query ($types: [EventType!]) { events(types: $types) { totalCount } }";
const manyFields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1]));

it("and so does a long message on a WebSocket", async () => {
  const works: [string, (unit: string) => Work][] = [
    [
      "authorization",
      (unit) => (length) => overWebSocket({ payload: { authorization: `Bearer ${repeated(unit, length)}` } }),
    ],
    ["no authorization", (unit) => (length) => overWebSocket({ payload: { [repeated(unit, length)]: "" } })],
    ["an operation's id", (unit) => (length) => overWebSocket({ id: repeated(unit, length) })],
    ["a variable", (unit) => (length) => overWebSocket({ variables: { f: repeated(unit, length) } })],
  ];
  // A message holds 64 KiB, and quotes are written as two characters.
  expect(await growthOf(works, 30_000)).toEqual([]);
});

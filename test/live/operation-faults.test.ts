import { startTestServer, type TestServer } from "../support/test-server";
import { openSocket, type RawSocket } from "./socket";
import { listenersLeft } from "./scenario";
import { openStream } from "./stream";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token("direct-agent");
});
afterAll(() => server.stop());

const COUNT = "query ($first: Int) { customers(first: $first) { totalCount } }";
const lists = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** What an operation is asked for with, as JSON. */
const faults: [what: string, payload: string, code: string][] = [
  [
    "no field left by @skip",
    '{"query":"subscription { events @skip(if: true) { position } }"}',
    "BAD_REQUEST",
  ],
  [
    "no field left by a variable",
    '{"query":"subscription ($on: Boolean!) { ... @include(if: $on) { events { position } } }","variables":{"on":false}}',
    "BAD_REQUEST",
  ],
  [
    "variables nested 3,000 deep",
    `{"query":"${COUNT}","variables":{"first":${lists(3_000)}}}`,
    "OPERATION_TOO_LARGE",
  ],
  [
    "variables nested 15,000 deep",
    `{"query":"${COUNT}","variables":{"first":${lists(15_000)}}}`,
    "OPERATION_TOO_LARGE",
  ],
  [
    "a name of a prototype",
    `{"query":"${COUNT}","variables":{"first":1,"__proto__":{"a":1}}}`,
    "BAD_REQUEST",
  ],
  [
    "a constructor's prototype",
    `{"query":"${COUNT}","variables":{"constructor":{"prototype":1}}}`,
    "BAD_REQUEST",
  ],
  ["variables that are a list", `{"query":"${COUNT}","variables":[]}`, "BAD_REQUEST"],
  ["variables that are text", `{"query":"${COUNT}","variables":"{}"}`, "BAD_REQUEST"],
  ["an operation name that is none", `{"query":"${COUNT}","operationName":{}}`, "BAD_REQUEST"],
  ["extensions that are none", `{"query":"${COUNT}","extensions":[]}`, "BAD_REQUEST"],
  ["a query that is no text", '{"query":{}}', "BAD_REQUEST"],
  ["no query", "{}", "BAD_REQUEST"],
  ["a document id that is no text", '{"documentId":[]}', "BAD_REQUEST"],
];

interface Told {
  message: string;
  extensions: { code: string };
}
const shownOf = (errors: Told[] | undefined) =>
  errors?.map(({ message, extensions: { code } }) => ({ message, code }));

async function overHttp(payload: string): Promise<Told[] | undefined> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: payload,
  });
  return ((await response.json()) as { errors?: Told[] }).errors;
}

describe("a fault of one operation", () => {
  let socket: RawSocket;
  beforeEach(async () => {
    socket = await openSocket(server, token);
  });
  afterEach(() => socket.socket.terminate());

  it.each(faults)("(%s) ends that operation only, and is told as over HTTP", async (_what, payload, code) => {
    socket.subscribe("live", "subscription { events { position } }");
    expect(await listenersLeft(server, 1)).toBe(1);
    socket.socket.send(`{"type":"subscribe","id":"faulty","payload":${payload}}`);
    const { type, payload: told } = await socket.heard(({ id }) => id === "faulty");
    const errors = (type === "error" ? told : told?.errors) as Told[];
    expect(shownOf(errors)).toEqual([{ message: expect.stringMatching(/\w/) as string, code }]);
    if (!payload.includes("subscription")) expect(shownOf(errors)).toEqual(shownOf(await overHttp(payload)));
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    expect(await listenersLeft(server, 1)).toBe(1);
    socket.subscribe("next", "{ __typename }");
    await socket.heard(({ id, type: kind }) => id === "next" && kind === "next");
    socket.socket.close();
    expect(await listenersLeft(server)).toBe(0);
  });

  it("that is ours is INTERNAL for its id, and leaves the socket and its other operations", async () => {
    const { hub } = { hub: server.running.services };
    const tail = jest.spyOn(hub.tail, "join").mockImplementationOnce(() => {
      throw new Error("broken");
    });
    try {
      socket.subscribe("broken", "subscription { events { position } }");
      const { payload } = await socket.heard(({ id }) => id === "broken");
      expect(JSON.stringify(payload)).toContain('"INTERNAL"');
      socket.subscribe("next", "{ __typename }");
      await socket.heard(({ id, type }) => id === "next" && type === "next");
    } finally {
      tail.mockRestore();
    }
  });

  it("on a stream ends that stream, with the same error", async () => {
    const stream = await openStream(server, {
      token,
      query: "subscription { events @skip(if: true) { position } }",
    });
    expect(await stream.over).toBe("ended");
    expect(stream.status).toBe(200);
    expect(stream.events).toMatchObject([
      { event: "next", data: { errors: [{ extensions: { code: "BAD_REQUEST" } }] } },
      { event: "complete" },
    ]);
  });
});

describe("what breaks the protocol closes the socket, as the protocol demands", () => {
  it.each([
    ["no JSON", "nonsense"],
    ["no object", "[]"],
    ["a type that there is not", '{"type":"nonsense"}'],
    ["a message that only servers send", '{"type":"next","id":"1","payload":{}}'],
    ["a subscription without an id", '{"type":"subscribe","payload":{"query":"{ __typename }"}}'],
    ["an empty id", '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}'],
    ["an id that is no text", '{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}'],
    ["no payload", '{"type":"subscribe","id":"1"}'],
    ["a ping with a list", '{"type":"ping","payload":[]}'],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ])("%s: 4400", async (_what, message) => {
    const { socket, closed } = await openSocket(server, token);
    socket.send(message);
    expect(await closed).toMatchObject({ code: 4400 });
  });
});

describe("the same request", () => {
  const endpoints: Record<string, (asked: Record<string, string>) => Promise<Response>> = {
    "a POST": (asked) =>
      fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: `{${Object.entries(asked)
          .map(([name, text]) => `"${name}":${name === "query" ? JSON.stringify(text) : text}`)
          .join(",")}}`,
      }),
    "a GET": (asked) =>
      fetch(`${server.url}/graphql?${new URLSearchParams(asked).toString()}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    "a stream's GET": (asked) =>
      fetch(`${server.url}/graphql/stream?${new URLSearchParams(asked).toString()}`, {
        headers: { accept: "text/event-stream", authorization: `Bearer ${token}` },
      }),
  };

  it.each([
    ["variables that are null", { variables: "null" }, undefined],
    ["variables", { variables: '{"first":1}' }, undefined],
    ["extensions that are null", { extensions: "null" }, undefined],
    ["variables that are a list", { variables: "[]" }, "`variables` must be a JSON object"],
    ["variables that are a number", { variables: "1" }, "`variables` must be a JSON object"],
    ["a name of a prototype", { variables: '{"__proto__":1}' }, "`__proto__`"],
    ["variables nested 1,500 deep", { variables: `{"first":${lists(1_500)}}` }, "too many values"],
    ["variables that are no JSON", { variables: "{" }, /valid JSON|must be a JSON object/],
  ])("with %s is answered alike at every endpoint", async (_what, asked, refusal) => {
    for (const ask of Object.values(endpoints)) {
      const response = await ask({ query: COUNT, ...asked });
      const text = await response.text();
      // What is wrong with an operation is told in a stream that was opened.
      if (!response.headers.get("content-type")?.startsWith("text/event-stream"))
        expect(response.status).toBe(refusal ? 400 : 200);
      if (refusal instanceof RegExp) expect(text).toMatch(refusal);
      else expect(text).toContain(refusal ?? '"totalCount":');
    }
  });
});

import { startTestServer, type TestServer } from "../support/test-server";
import { answerOn, openConnection, rawRequest } from "../support/raw-request";
import { within } from "../support/patience";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ LIMIT_REQUEST_SECONDS: "1" });
  token = await server.token("direct-agent");
});
afterAll(() => server.stop());

const TYPENAME = "query=%7B__typename%7D";
const ASKED = "apollo-require-preflight: s3cret";

/** An answer read by hand; whatever it is, it repeats nothing and has the headers and shape of every refusal. */
function refusalIn(answer: string) {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const [line = "", ...headers] = head.split("\r\n");
  expect(answer).not.toContain("s3cret");
  expect(head).toMatch(/^content-type: application\/json/im);
  expect(head).toMatch(/^x-content-type-options: nosniff/im);
  const [, requestId] = /^x-request-id: (\S+)$/im.exec(headers.join("\n")) ?? [];
  const { errors } = JSON.parse(body) as { errors: { message: string; extensions: object }[] };
  expect(errors).toHaveLength(1);
  expect(errors[0]?.extensions).toMatchObject({ requestId });
  return { status: Number(line.split(" ")[1]), ...errors[0] };
}

const BAD = { code: "BAD_REQUEST", kind: "INVALID" };

describe("an address that can be read in two ways", () => {
  it.each([
    ["has a raw #", `/graphql?${TYPENAME}#s3cret`],
    ["has a raw # in its path", `/graphql#s3cret?${TYPENAME}`],
    ["is absolute", `http://s3cret.example/graphql?${TYPENAME}`],
    ["begins with two slashes", `//s3cret.example/graphql?${TYPENAME}`],
    ["has a backslash", `/graphql\\s3cret?${TYPENAME}`],
    ["has a backslash behind the question mark", `/graphql?${TYPENAME}&s3cret=\\`],
    ["has a raw character beyond ASCII", `/graphql?${TYPENAME}&s3cret=\u00e9`],
    ["has a % that encodes nothing", `/graphql?${TYPENAME}&s3cret=%zz`],
    ["has a % that encodes nothing in its path", `/s3cret%zz?${TYPENAME}`],
    ["encodes no UTF-8", `/graphql?${TYPENAME}&s3cret=%ff`],
    ["has a parameter twice", `/graphql?${TYPENAME}&${TYPENAME}`],
    ["has a parameter twice, encoded differently", `/graphql?${TYPENAME}&%71uery=s3cret`],
  ])("because it %s is refused", async (_why, target) => {
    const answer = await rawRequest(server.url, [`GET ${target} HTTP/1.1`, ASKED]);
    expect(refusalIn(answer)).toMatchObject({ status: 400, extensions: BAD });
  });

  it("is refused at every endpoint", async () => {
    for (const path of [
      "/graphql/stream",
      "/activity-log.csv",
      "/explorer",
      "/invitation",
      "/healthz",
      "/nowhere",
    ]) {
      const answer = await rawRequest(server.url, [`GET ${path}?a=1#s3cret HTTP/1.1`, ASKED]);
      expect(refusalIn(answer)).toMatchObject({ status: 400, extensions: BAD });
    }
  });

  it("opens no WebSocket", async () => {
    const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const answer = await rawRequest(server.url, [
      ...["GET /graphql?a#s3cret HTTP/1.1", "Host: localhost", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
      ...upgrade,
    ]);
    expect(refusalIn(answer)).toMatchObject({ status: 400, extensions: BAD });
  });

  it("is not one that only needs no encoding", async () => {
    const answer = await rawRequest(server.url, [
      `GET /graphql?query={__typename}&variables={"a":1} HTTP/1.1`,
      ASKED,
    ]);
    expect(answer).toContain('"data":{"__typename":"Query"}');
  });
});

describe("what HTTP's own rules refuse has the shape of every error", () => {
  const whole = { isWhole: true };
  it.each([
    ["no HTTP at all", ["s3cret"], 400],
    ["an unknown method", ["S3CRET / HTTP/1.1", "Host: s3cret"], 400],
    ["a header without a colon", ["GET / HTTP/1.1", "Host: a", "s3cret"], 400],
    [
      "two lengths",
      ["POST /graphql HTTP/1.1", "Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"],
      400,
    ],
    ["headers that are too long", ["GET / HTTP/1.1", "Host: a", `X-Long: ${"s3cret".repeat(4_000)}`], 431],
    ["no Host", ["GET /healthz HTTP/1.1", "Connection: close"], 400],
    [
      "a method that the address does not take",
      ["DELETE /graphql HTTP/1.1", "Host: s3cret", "Connection: close"],
      405,
    ],
    ["an address that there is not", ["GET /s3cret HTTP/1.1", "Host: s3cret", "Connection: close"], 404],
    [
      "a type of body that is not read",
      [
        "POST /graphql HTTP/1.1",
        "Host: a",
        "Content-Type: s3cret/s3cret",
        "Content-Length: 0",
        "Connection: close",
      ],
      415,
    ],
    [
      "an empty body",
      [
        "POST /graphql HTTP/1.1",
        "Host: a",
        "Content-Type: application/json",
        "Content-Length: 0",
        "Connection: close",
      ],
      400,
    ],
    [
      "a body that is too long",
      [
        "POST /graphql HTTP/1.1",
        "Host: a",
        "Content-Type: application/json",
        "Content-Length: 999999",
        "Connection: close",
      ],
      413,
    ],
  ])("%s", async (_what, lines, status) => {
    expect(refusalIn(await rawRequest(server.url, lines, whole))).toMatchObject({ status });
  });

  it.each([
    ["headers", "GET /graphql HTTP/1.1\r\nHost: a\r\nX-S3cret: s3cr"],
    [
      "a body",
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"s3cret',
    ],
  ])("%s of which only half arrives in time", async (_what, half) => {
    const socket = await openConnection(server.url);
    const startedAt = performance.now();
    socket.write(half);
    expect(refusalIn(await answerOn(socket))).toMatchObject({ status: 408, extensions: BAD });
    expect(performance.now() - startedAt).toBeLessThan(within(1_000));
  });

  it("a connection on which nothing is ever asked is closed", async () => {
    expect(refusalIn(await answerOn(await openConnection(server.url)))).toMatchObject({ status: 408 });
  });
});

describe("the JSON of a request", () => {
  const post = (body: string | Buffer) =>
    fetch(`${server.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body });

  it.each([
    ["is no JSON", '{"query": s3cret}'],
    ["is not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ["is a list", '[{"query":"{__typename}"}]'],
    ["is a text", '"s3cret"'],
    ["has a query that is no text", '{"query":{"s3cret":1}}'],
    ["has variables that are no object", '{"query":"{__typename}","variables":"s3cret"}'],
    ["has a list of variables", '{"query":"{__typename}","variables":["s3cret"]}'],
    ["has an operation name that is no text", '{"query":"{__typename}","operationName":["s3cret"]}'],
    ["has extensions that are no object", '{"query":"{__typename}","extensions":"s3cret"}'],
    ["has a name of a prototype", '{"query":"{__typename}","variables":{"__proto__":{"s3cret":1}}}'],
    ["hides a name of a prototype", '{"query":"{__typename}","variables":{"\\u005f_proto__":1}}'],
    [
      "has a constructor's prototype",
      '{"query":"{__typename}","variables":{"a":[{"constructor":{"prototype":1}}]}}',
    ],
  ])("is refused where it %s", async (_why, body) => {
    const response = await post(body);
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: BAD }] });
    expect(text).not.toContain("s3cret");
  });
});

describe("a GET with a bearer token", () => {
  const get = (headers: Record<string, string>) => fetch(`${server.url}/graphql?${TYPENAME}`, { headers });

  it("needs no other header: no browser sends one unasked", async () => {
    const response = await get({ authorization: `Bearer ${token}` });
    expect(await response.json()).toMatchObject({ data: { __typename: "Query" } });
  });

  it("is refused where the token is, since nothing else proves that the page may ask", async () => {
    const response = await get({ authorization: "Bearer s3cret" });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "TOKEN_INVALID" } }] });
  });

  it.each([
    ["no Authorization", {}],
    ["a scheme that browsers add by themselves", { authorization: "Basic eHg6eXk=" }],
    ["an empty header", { "apollo-require-preflight": "" }],
    ["a form's content type", { "content-type": "text/plain; application/json" }],
  ])("is refused with %s: any page could have sent it", async (_what, headers) => {
    const response = await get(headers);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("CSRF");
  });
});

describe("the explorer in development", () => {
  const explorer = (host: string) =>
    rawRequest(
      server.url,
      ["GET /explorer HTTP/1.1", `Host: ${host}`, "Connection: close", "Accept-Encoding: gzip"],
      {
        isWhole: true,
      },
    );

  it.each(["localhost:4000", "127.0.0.1", "[::1]:1"])(
    "is given to a browser that came by %s",
    async (host) => {
      expect(await explorer(host)).toMatch(/^HTTP\/1.1 200 /);
    },
  );

  it("is not given to a page under a name that may be anybody's", async () => {
    expect(refusalIn(await explorer("s3cret.example:4000"))).toMatchObject({
      status: 403,
      message: expect.stringContaining("PUBLIC_URL") as string,
      extensions: { code: "ORIGIN_NOT_ALLOWED" },
    });
  });
});

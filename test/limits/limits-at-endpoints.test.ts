import { MAX_BODY_BYTES, type Limits } from "../../src/config/limits";
import { loadConfig } from "../../src/config/config";
import { startTestServer, type TestServer } from "../support/test-server";
import { askOverHttp, bodyOf, type CostedAnswer, openAsker, sendBody } from "./endpoints";
import {
  costing,
  ofDepth,
  ofTokens,
  withAliases,
  withDirectives,
  withFields,
  withName,
  withSameField,
  withText,
} from "./operations";

/** No short operation without tricks has 2,000 tokens. */
const LIMIT_TOKENS = "400";
let server: TestServer;
let token: string;
let socket: Awaited<ReturnType<typeof openAsker>>;
beforeAll(async () => {
  server = await startTestServer({ LIMIT_TOKENS });
  token = await server.token("direct-agent");
  socket = await openAsker(server, token);
});
afterAll(async () => {
  socket.raw.socket.close();
  await server.stop();
});

const { limits } = loadConfig({ LIMIT_TOKENS });

/** Asks at both endpoints, which must say the same. */
async function askEverywhere(query: string): Promise<{ status: number; answer: CostedAnswer }> {
  const http = await askOverHttp(server, query, { token });
  const answer = bodyOf(http);
  const live = await socket.ask(query);
  const told = (one: CostedAnswer) =>
    one.errors?.map(({ message, extensions: { code, kind, details } }) => ({ message, code, kind, details }));
  expect(told(live)).toEqual(told(answer));
  expect(live.data).toEqual(answer.data);
  return { status: http.status, answer };
}

const makers: [keyof Limits, (count: number) => string][] = [
  ["depth", ofDepth],
  ["aliases", withAliases],
  ["fields", withFields],
  ["sameField", withSameField],
  ["directives", withDirectives],
  ["name", withName],
  ["text", withText],
  ["cost", costing],
];

describe("over HTTP and WebSocket alike, the limit on", () => {
  it.each(makers)("%s answers what meets it", async (limit, make) => {
    const { status, answer } = await askEverywhere(make(limits[limit]));
    expect({ status, errors: answer.errors }).toEqual({ status: 200, errors: undefined });
    expect(Object.keys(answer.data)).toContain("viewer");
  });

  it.each(makers)("%s refuses one more, and says what was found", async (limit, make) => {
    const { status, answer } = await askEverywhere(make(limits[limit] + 1));
    expect(status).toBe(400);
    expect(answer.data).toBeUndefined();
    const details = { limit, maximum: limits[limit], found: limits[limit] + 1 };
    expect(answer.errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", kind: "LIMITED", details } },
    ]);
    expect(answer.errors?.[0]?.message).toContain(`${details.found}, at most ${details.maximum}`);
  });

  it("tokens answers what meets it and refuses one more", async () => {
    const { answer } = await askEverywhere(ofTokens(400));
    expect(answer).toMatchObject({ data: { viewer: { kind: "PARTNER_USER" } } });
    const { status, answer: refused } = await askEverywhere(ofTokens(401));
    expect(status).toBe(400);
    const details = { limit: "tokens", maximum: 400 };
    expect(refused.errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", kind: "LIMITED", details } },
    ]);
  });

  it("mistakes tells five and no more", async () => {
    const mistaken = (count: number) =>
      `{ viewer { ${Array.from({ length: count }, (_, at) => `no${at}`).join(" ")} } }`;
    const { answer: five } = await askEverywhere(mistaken(5));
    expect(five.errors?.map(({ extensions: { code } }) => code)).toEqual(Array(5).fill("BAD_REQUEST"));
    const { status, answer: more } = await askEverywhere(mistaken(300));
    expect(status).toBe(400);
    expect(more.errors).toHaveLength(6);
    const details = { limit: "mistakes", maximum: 5 };
    expect(more.errors?.[5]).toMatchObject({ extensions: { code: "OPERATION_TOO_LARGE", details } });
  });
});

describe("the limit on an HTTP body", () => {
  const headers = { "content-type": "application/json" };
  const bodyOfSize = (bytes: number) => JSON.stringify({ query: "{ __typename }" }).padEnd(bytes);

  it("answers what meets it", async () => {
    expect((await sendBody(server, bodyOfSize(MAX_BODY_BYTES), headers)).status).toBe(200);
  });

  it("refuses one byte more, with the status that HTTP has for it", async () => {
    const { status, body } = await sendBody(server, bodyOfSize(MAX_BODY_BYTES + 1), headers);
    expect(status).toBe(413);
    const details = { limit: "body", maximum: 262_144 };
    expect(body.errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", kind: "LIMITED", details } },
    ]);
  });
});

describe("the cost in an answer", () => {
  // A text that is new to the server costs its reader something more, once.
  beforeAll(async () => {
    const token = await server.token("direct-agent");
    for (const query of [
      "{ viewer { partner { id } } }",
      "query ($n: Int) { customers(first: $n) { nodes { id } } }",
      "{ customers(first: 4) { nodes { id } } }",
      ofDepth(13),
      "{ __typename }",
      "{ customers(first: 2) { nodes { id } } }",
      "{ viewer { kind } }",
    ])
      await askOverHttp(server, query, { token });
  });

  it("is there over HTTP, with what is left, and is charged once", async () => {
    const other = await server.token("provider-agent");
    const first = bodyOf(await askOverHttp(server, "{ viewer { partner { id } } }", { token: other }));
    expect(first.extensions).toEqual({
      cost: { requested: 1, maximum: 1_500, budget: { limit: 20_000, remaining: 19_999, resetSeconds: 40 } },
    });
    const document = "query ($n: Int) { customers(first: $n) { nodes { id } } }";
    for (const [n, requested, remaining] of [
      [20, 6, 19_993],
      [2, 1, 19_992],
    ]) {
      const next = await askOverHttp(server, document, { token: other, variables: { n } });
      expect(bodyOf(next).extensions?.cost).toMatchObject({ requested, budget: { remaining } });
      expect(next.headers.get("ratelimit-limit")).toBe("20000");
      expect(next.headers.get("ratelimit-remaining")).toBe(String(remaining));
      expect(Number(next.headers.get("ratelimit-reset"))).toBeGreaterThan(30);
    }
  });

  it("is there beside errors, of fields and of the whole operation", async () => {
    const sales = await server.token("direct-sales");
    const forbidden = bodyOf(
      await askOverHttp(server, "{ customers(first: 4) { nodes { id } } }", { token: sales }),
    );
    expect(forbidden.errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    // 2 for five objects, and 10 for a field that the caller may not use.
    expect(forbidden.extensions?.cost).toMatchObject({ requested: 12, budget: { remaining: 19_988 } });
    const deep = bodyOf(await askOverHttp(server, ofDepth(13), { token: sales }));
    expect(deep.extensions?.cost).toMatchObject({ maximum: 1_500, requested: expect.any(Number) });
    const after = bodyOf(await askOverHttp(server, "{ __typename }", { token: sales }));
    expect(after.extensions?.cost?.budget?.remaining).toBe(19_986);
  });

  it("is there over WebSocket too, from the same budget", async () => {
    const admin = await server.token("reseller-admin");
    const { ask, raw } = await openAsker(server, admin);
    const answer = await ask("{ customers(first: 2) { nodes { id } } }");
    expect(answer.extensions?.cost).toEqual({
      requested: 1,
      maximum: 1_500,
      budget: { limit: 20_000, remaining: 19_999, resetSeconds: 40 },
    });
    const next = bodyOf(await askOverHttp(server, "{ viewer { kind } }", { token: admin }));
    expect(next.extensions?.cost?.budget?.remaining).toBe(19_998);
    raw.socket.close();
  });

  it("is not there where the operation was not understood", async () => {
    for (const query of ["{ viewer {", "{ viewer { nothing } }"]) {
      expect(bodyOf(await askOverHttp(server, query, { token })).extensions).toBeUndefined();
    }
  });
});

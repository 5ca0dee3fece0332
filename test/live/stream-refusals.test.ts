import { startTestServer, type TestServer } from "../support/test-server";
import { EVENTS, openStream, send, type StreamAsked } from "./stream";
import { listenersLeft } from "./scenario";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token("direct-agent");
});
afterAll(() => server.stop());

const stream = (asked: Partial<StreamAsked>) => openStream(server, { token, ...asked });

describe("a request for a stream", () => {
  it.each([
    ["no token", {}, "TOKEN_MISSING"],
    ["a token that is none", { authorization: "Bearer nonsense" }, "TOKEN_INVALID"],
    ["another scheme", { authorization: "Basic eHg6eXk=" }, "TOKEN_MISSING"],
  ])("with %s gets 401", async (_what, headers, code) => {
    const refused = await openStream(server, { query: EVENTS, headers: headers });
    expect(refused.status).toBe(401);
    expect(refused.headers["www-authenticate"]).toBe("Bearer");
    await refused.over;
    expect(JSON.parse(refused.text())).toMatchObject({
      errors: [{ extensions: { code, kind: "UNAUTHENTICATED", requestId: refused.headers["x-request-id"] } }],
    });
    expect(await listenersLeft(server)).toBe(0);
  });

  it("with the token in its address is nobody's", async () => {
    const query = new URLSearchParams({
      query: "{ viewer { email } }",
      token,
      authorization: `Bearer ${token}`,
    });
    const headers = { accept: "text/event-stream", "apollo-require-preflight": "1" };
    const refused = await send(`${server.url}/graphql/stream?${query.toString()}`, "GET", undefined, headers);
    expect(refused.status).toBe(401);
  });

  it.each([
    ["that any web page could send unasked", 400, "GET", undefined, { accept: "text/event-stream" }],
    [
      "with a form's content",
      415,
      "POST",
      "query=x",
      { "content-type": "application/x-www-form-urlencoded" },
    ],
    ["with plain text, that any web page could send", 400, "POST", "{}", { "content-type": "text/plain" }],
    [
      "that wants no stream",
      406,
      "POST",
      "{}",
      { accept: "application/json", "content-type": "application/json" },
    ],
    ["without an operation", 400, "POST", "{}", { "content-type": "application/json" }],
    ["with a list of operations", 400, "POST", '[{"query":"{ a }"}]', { "content-type": "application/json" }],
    ["that is no JSON", 400, "POST", "{", { "content-type": "application/json" }],
    ["by another method", 405, "PUT", "{}", { "content-type": "application/json" }],
  ])("%s gets %i", async (_what, status, method, body, headers) => {
    const all = { ...(method === "GET" ? {} : { accept: "text/event-stream" }), ...headers } as Record<
      string,
      string
    >;
    const refused = await send(`${server.url}/graphql/stream?query={a}`, method, body, all);
    expect(refused.status).toBe(status);
    await refused.over;
    expect(JSON.parse(refused.text())).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
  });

  it.each([
    ["a mistake in its document", "subscription { nonsense }", "BAD_REQUEST"],
    ["a syntax error", "subscription {", "BAD_REQUEST"],
    ["a cursor that is none", 'subscription { events(after: "x") { id } }', "EVENTS_CURSOR_INVALID"],
    ["too much at once", `{ ${"viewer { email } ".repeat(11)} }`, "OPERATION_TOO_LARGE"],
  ])("with %s is told so in the stream", async (_what, query, code) => {
    const told = await stream({ query });
    expect(await told.over).toBe("ended");
    expect(told.status).toBe(200);
    expect(told.events).toMatchObject([
      {
        event: "next",
        data: { errors: [{ extensions: { code, requestId: told.headers["x-request-id"] } }] },
      },
      { event: "complete" },
    ]);
  });

  it("of somebody whose role does not do is told which roles would", async () => {
    const told = await stream({ token: await server.token("direct-sales"), query: EVENTS });
    await told.over;
    expect(told.events).toMatchObject([
      {
        data: {
          errors: [
            { extensions: { code: "FORBIDDEN", details: { roles: ["GLOBAL_ADMIN", "ADMIN_AGENT"] } } },
          ],
        },
      },
      { event: "complete" },
    ]);
  });
});

import { startTestServer, type TestServer } from "../support/test-server";
import { upgrade } from "./upgrade";

const PUBLIC_URL = "https://partners.example/centre";
const ALLOWED = "https://app.example";
const PRODUCTION = { NODE_ENV: "production", PUBLIC_URL, ALLOWED_ORIGINS: ALLOWED };

let development: TestServer;
let production: TestServer;
beforeAll(async () => {
  development = await startTestServer({ ALLOWED_ORIGINS: ALLOWED });
  production = await startTestServer(PRODUCTION);
});
afterAll(async () => {
  await development.stop();
  await production.stop();
});

const sameHost = ({ url }: TestServer) => url;

describe("an upgrade to a WebSocket", () => {
  it.each([
    ["without an origin, as no browser sends it", () => undefined],
    ["from a listed origin", () => ALLOWED],
    ["from PUBLIC_URL's origin", () => "https://partners.example"],
  ])("%s is taken, in production too", async (_which, origin) => {
    const from = origin();
    const headers = from === undefined ? undefined : { origin: from };
    expect((await upgrade(production, headers)).status).toBe(101);
  });

  it.each([
    ["a foreign origin", () => "https://evil.example"],
    ["a listed host over another scheme", () => "http://app.example"],
    ["a listed host at another port", () => "https://app.example:8443"],
    ["a subdomain of a listed host", () => "https://x.app.example"],
    ["an origin that begins as a listed one does", () => "https://app.example.evil.example"],
    ["a page that hides its origin", () => "null"],
    ["an empty origin", () => ""],
    ["two origins", () => `${ALLOWED}, https://evil.example`],
    ["the host it asks, which is not enough in production", () => sameHost(production)],
  ])("from %s gets 403 in the shape of every error", async (_which, origin) => {
    const { status, headers, body } = await upgrade(production, {
      origin: origin(),
      "x-request-id": "upgrade-1",
    });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toEqual({
      errors: [
        {
          message: expect.stringContaining("ALLOWED_ORIGINS") as string,
          extensions: { code: "ORIGIN_NOT_ALLOWED", kind: "FORBIDDEN", requestId: "upgrade-1" },
        },
      ],
    });
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
    expect(body).not.toContain("evil");
  });

  it("outside production is also taken from pages of this machine at any port, and of no name that may be anybody's", async () => {
    for (const origin of [
      sameHost(development),
      "http://localhost:5173",
      "http://127.0.0.1:1",
      "http://[::1]",
    ])
      expect((await upgrade(development, { origin })).status).toBe(101);
    const rebound = { host: "rebound.example:4000", origin: "http://rebound.example:4000" };
    expect((await upgrade(development, rebound)).status).toBe(403);
    const { status, body } = await upgrade(development, { ...rebound, origin: ALLOWED });
    expect(status).toBe(403);
    expect(body).toContain("PUBLIC_URL");
    expect((await upgrade(development, { origin: "https://localhost" })).status).toBe(403);
    expect((await upgrade(development, { host: "rebound.example" })).status).toBe(101);
  });

  it.each([
    ["at another path", {}, "/graphql/stream"],
    ["at the root", {}, "/"],
    ["of another version of the protocol", { "sec-websocket-version": "12" }, "/graphql"],
    ["without a key", { "sec-websocket-key": "s3cret" }, "/graphql"],
    ["to another protocol", { upgrade: "s3cret" }, "/graphql"],
  ])(
    "%s is refused in the shape of every error, and nothing of it is repeated",
    async (_what, headers, path) => {
      const { status, body, headers: answered } = await upgrade(development, headers, path);
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({
        errors: [{ extensions: { code: "BAD_REQUEST", requestId: answered["x-request-id"] } }],
      });
      expect(body).not.toContain("s3cret");
    },
  );
});

/** What a browser asks before a page may send a GraphQL request. */
function preflight({ url }: TestServer, origin: string, path = "/graphql") {
  return fetch(`${url}${path}`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  });
}

describe("a page of another origin that calls the API", () => {
  it.each(["/graphql", "/graphql/stream"])("may do so at %s where it is listed", async (path) => {
    const { status, headers } = await preflight(production, ALLOWED, path);
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": ALLOWED,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers":
        "authorization, content-type, x-request-id, last-event-id, apollo-require-preflight, " +
        "x-apollo-operation-name, apollographql-client-name, apollographql-client-version, " +
        "traceparent, tracestate, baggage, sentry-trace",
      "access-control-max-age": "7200",
      vary: expect.stringMatching(/origin/i) as string,
    });
    expect(headers.has("access-control-allow-credentials")).toBe(false);
  });

  it("reads the answer and what it says of the caller's budget", async () => {
    const { headers } = await fetch(`${production.url}/graphql`, {
      method: "POST",
      headers: { origin: ALLOWED, "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
    const exposed = headers.get("access-control-expose-headers");
    for (const name of [
      "x-request-id",
      "retry-after",
      "ratelimit-limit",
      "ratelimit-remaining",
      "ratelimit-reset",
    ])
      expect(exposed).toContain(name);
  });

  it("can read every header that an endpoint sets for it, of answers and of refusals", async () => {
    // What every page may read (Fetch standard, CORS-safelisted response-header), what is the browser's and what proxies take.
    const others =
      /^(cache-control|content-(language|length|type)|expires|last-modified|pragma|access-control-.*|connection|keep-alive|date|vary|transfer-encoding|x-accel-buffering|content-security-policy|cross-origin-.*|origin-agent-cluster|referrer-policy|x-content-type-options|x-dns-prefetch-control|x-download-options|x-frame-options|x-permitted-cross-domain-policies|x-xss-protection|strict-transport-security)$/;
    const asked = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
      fetch(`${development.url}${path}`, { ...init, headers: { origin: ALLOWED, ...init.headers } });
    const token = await development.token("direct-agent");
    const answers = await Promise.all([
      asked("/activity-log.csv", { headers: { authorization: `Bearer ${token}` } }),
      asked("/activity-log.csv"),
      asked("/graphql", { method: "PUT" }),
      asked("/graphql?query=%7B__typename%7D", { headers: { authorization: `Bearer ${token}` } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 405, 200]);
    for (const { headers } of answers) {
      const exposed = (headers.get("access-control-expose-headers") ?? "").split(/, */);
      const hidden = [...headers.keys()].filter((name) => !others.test(name) && !exposed.includes(name));
      expect(hidden).toEqual([]);
    }
    const [file, anonymous, put] = answers;
    expect(file?.headers.get("content-disposition")).toMatch(/activity-log\.csv/);
    expect(anonymous?.headers.get("www-authenticate")).toBe("Bearer");
    expect(put?.headers.get("allow")).toBe("GET, POST");
    await Promise.all(answers.map((answer) => answer.text()));
  });

  it("may be of this machine, over http and at any port, outside production only", async () => {
    for (const origin of ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8080"]) {
      const [here, there] = [await preflight(development, origin), await preflight(production, origin)];
      expect(here.headers.get("access-control-allow-origin")).toBe(origin);
      expect(there.headers.has("access-control-allow-origin")).toBe(false);
    }
    for (const origin of [
      "https://localhost",
      "http://localhost.evil.example",
      "http://localhost:1@evil.example",
    ])
      expect((await preflight(development, origin)).headers.has("access-control-allow-origin")).toBe(false);
  });

  it.each([
    ["is not listed", "https://evil.example"],
    ["hides where it comes from", "null"],
  ])("is allowed nothing where it %s", async (_why, origin) => {
    for (const server of [development, production]) {
      const { headers } = await preflight(server, origin);
      expect(headers.has("access-control-allow-origin")).toBe(false);
      const page = await fetch(`${server.url}/healthz`, { headers: { origin } });
      expect(page.headers.has("access-control-allow-origin")).toBe(false);
    }
  });
});

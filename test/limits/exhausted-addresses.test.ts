import { makeApiKeySecret } from "../../src/identity/api-key-secret";
import { post, send } from "../api/at-the-endpoint";
import { openSocket } from "../live/socket";
import { startTestServer, type TestServer } from "../support/test-server";

const REQUESTS = 3;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    LIMIT_ANONYMOUS_REQUESTS: String(REQUESTS),
    LIMIT_BUDGET_SECONDS: "600",
    TRUSTED_PROXIES: "127.0.0.1",
  });
});
afterAll(() => server.stop());

let from: Record<string, string>;
let tests = 0;
beforeEach(() => void (from = { "x-forwarded-for": `192.0.2.${++tests}` }));

/** A request from the address, with a key that nobody has. */
function tryKey(): ReturnType<typeof post> {
  return post(server, { query: "{ viewer { kind } }" }, bearer(makeApiKeySecret()));
}

function bearer(token: string): Record<string, string> {
  return { ...from, authorization: `Bearer ${token}` };
}

describe("an address that has used up its requests", () => {
  it("is refused without a statement at every endpoint, after as many credentials as it has requests", async () => {
    const statuses: number[] = [];
    for (let time = 0; time < 2 * REQUESTS + 1; time++) statuses.push((await tryKey()).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429, 429]);

    const before = server.statements.length;
    const answers = [
      await tryKey(),
      await post(server, { query: "{ __typename }" }, from),
      await send(`${server.url}/graphql?query={__typename}`, {
        headers: { ...from, "apollo-require-preflight": "1" },
      }),
      await send(`${server.url}/activity-log.csv`, { headers: bearer(makeApiKeySecret()) }),
      await send(`${server.url}/graphql/stream?query={__typename}`, {
        headers: { ...bearer("x.y.z"), accept: "text/event-stream" },
      }),
    ];
    for (const { status, headers, body } of answers) {
      expect(status).toBe(429);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(500);
      expect(headers.get("ratelimit-remaining")).toBe("0");
      expect(body.errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", kind: "LIMITED" } }]);
    }
    expect(server.statements.slice(before)).toEqual([]);
    expect((await send(`${server.url}/readyz`, { headers: from })).status).toBe(200);
  });

  it("still serves a caller that signed in from there lately, and others who sign in", async () => {
    const [lately, later] = [await server.token("direct-agent"), await server.token("direct-admin")];
    const asks = async (token: string) =>
      (await post(server, { query: "{ viewer { kind } }" }, bearer(token))).status;
    expect(await asks(lately)).toBe(200);
    for (let time = 0; time < REQUESTS + 1; time++) await post(server, { query: "{ __typename }" }, from);
    expect(await asks(later)).toBe(200);

    while ((await tryKey()).body.errors?.[0]?.extensions?.code !== "RATE_LIMITED");
    for (let time = 0; time < REQUESTS; time++) await tryKey();
    expect(await asks(await server.token("reseller-agent"))).toBe(429);
    expect(await asks(lately)).toBe(200);
    expect(await asks(later)).toBe(200);
  });

  it("is refused on a WebSocket before its credential is checked", async () => {
    for (let time = 0; time < 2 * REQUESTS + 1; time++) await tryKey();
    const before = server.statements.length;
    const { send: say, closed } = await openSocket(server, undefined, from);
    say({ type: "connection_init", payload: { authorization: `Bearer ${makeApiKeySecret()}` } });
    expect(await closed).toMatchObject({ reason: expect.stringContaining("RATE_LIMITED") });
    expect(server.statements.slice(before)).toEqual([]);
  });
});

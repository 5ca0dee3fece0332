import { Customer } from "../../entities/customers/customer";
import { newId } from "../../src/values/ids";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { askOverHttp, bodyOf, openAsker, sendBody } from "./endpoints";

/** None ends by itself while a test runs. */
const WINDOW_SECONDS = 600;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    LIMIT_BUDGET: "20",
    LIMIT_BUDGET_SECONDS: String(WINDOW_SECONDS),
    LIMIT_ANONYMOUS_REQUESTS: "4",
    TRUSTED_PROXIES: "127.0.0.1",
  });
});
afterAll(() => server.stop());

/** Costs 11 points. */
const ELEVEN = "{ customers(first: 40) { nodes { id } } }";

/** An anonymous caller's request through the proxy that this server trusts. */
function ask(address: string, query = "{ __typename }") {
  const headers = { "content-type": "application/json", "x-forwarded-for": address };
  return sendBody(server, JSON.stringify({ query }), headers);
}

describe("a signed-in caller's budget", () => {
  // What the server has read before costs nothing to read.
  beforeAll(async () => {
    await askOverHttp(server, "{ __typename }", { token: await server.token("customer-admin-1") });
  });

  it("refuses the whole request when it does not suffice, and says when to come back", async () => {
    const token = await server.token("direct-agent");
    const first = await askOverHttp(server, ELEVEN, { token });
    expect(first.status).toBe(200);
    expect(first.headers.get("retry-after")).toBeNull();

    const { status, headers, body, text } = await askOverHttp(server, ELEVEN, { token });
    expect(status).toBe(429);
    const seconds = Number(headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(WINDOW_SECONDS / 2);
    expect(seconds).toBeLessThanOrEqual(WINDOW_SECONDS);
    expect(Object.fromEntries(headers)).toMatchObject({
      "ratelimit-limit": "20",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(seconds),
    });
    expect(body).toMatchObject({
      errors: [
        {
          message: expect.stringContaining("20 points"),
          extensions: { code: "RATE_LIMITED", kind: "LIMITED", details: { retryAfterSeconds: seconds } },
        },
      ],
    });
    expect(body.data).toBeUndefined();
    const { cost } = (JSON.parse(text) as ReturnType<typeof bodyOf>).extensions ?? {};
    expect(cost).toMatchObject({ requested: 11, budget: { limit: 20, remaining: 0, resetSeconds: seconds } });
  });

  it("is not what others spend, of the same organization or another", async () => {
    const [mine, colleagues, others] = await Promise.all(
      ["reseller-agent", "reseller-admin", "provider-agent"].map((name) => server.token(name)),
    );
    for (let time = 0; time < 3; time++) await askOverHttp(server, ELEVEN, { token: mine });
    expect((await askOverHttp(server, ELEVEN, { token: mine })).status).toBe(429);
    expect((await askOverHttp(server, ELEVEN, { token: colleagues })).status).toBe(200);
    expect((await askOverHttp(server, ELEVEN, { token: others })).status).toBe(200);
  });

  it("is one at all doors", async () => {
    const token = await server.token("provider-admin");
    const { ask: askLive, raw } = await openAsker(server, token);
    expect((await askLive(ELEVEN)).extensions?.cost?.budget?.remaining).toBe(9);
    expect((await askOverHttp(server, ELEVEN, { token })).status).toBe(429);
    const refused = await askLive("{ viewer { kind } }");
    expect(refused.errors).toMatchObject([
      { extensions: { code: "RATE_LIMITED", details: { retryAfterSeconds: expect.any(Number) } } },
    ]);
    expect(refused.data).toBeUndefined();
    raw.socket.close();
  });

  it("is charged before anything is done", async () => {
    const token = await server.token("customer-admin-1");
    const input = (at: number) => `m${at}: declineInvitation(input: { token: "x" }) { userErrors { code } }`;
    const { status } = await askOverHttp(server, `mutation { ${input(1)} ${input(2)} }`, { token });
    expect(status).toBe(429);
    const spent = await askOverHttp(server, `{ node(id: "${newId(Customer)}") { id } }`, { token });
    expect(spent.status).toBe(429);
  });

  it("pays once for reading what is too large, or not understood", async () => {
    const token = await server.token("customer-admin-2");
    const large = "{ customers(first: 500) { nodes { subscriptions(first: 500) { nodes { id } } } } }";
    const ask = async () => {
      for (const query of [large, "{ nothing }", "{"]) {
        const { status, headers } = await askOverHttp(server, query, { token });
        expect({ status, limit: headers.get("ratelimit-limit") }).toEqual({ status: 400, limit: null });
      }
      const { headers } = await askOverHttp(server, "{ __typename }", { token });
      return Number(headers.get("ratelimit-remaining"));
    };
    const first = await ask();
    // To read them: 25, 3 and 1 tokens, one point for each 10 tokens begun. The one that can be read is refused for 1 more.
    expect(first).toBe(20 - (3 + 1) - 1 - 1 - 1);
    // Each of the four requests costs at least 1.
    expect(await ask()).toBe(first - 4);
  });
});

describe("an anonymous caller's budget", () => {
  it("is a number of requests of one address, whatever is in them", async () => {
    const left: unknown[] = [];
    for (const query of ["{ __typename }", "{ viewer { kind } }", "{ nothing }", "{"])
      left.push((await ask("192.0.2.1", query)).headers.get("ratelimit-remaining"));
    expect(left).toEqual(["3", "2", "1", "0"]);

    const { status, headers, body } = await ask("192.0.2.1");
    const seconds = Number(headers.get("retry-after"));
    expect({ status, remaining: headers.get("ratelimit-remaining") }).toEqual({
      status: 429,
      remaining: "0",
    });
    expect(seconds).toBeGreaterThan(WINDOW_SECONDS / 2);
    expect(seconds).toBeLessThanOrEqual(WINDOW_SECONDS);
    expect(body).toMatchObject({
      errors: [
        {
          message: expect.stringContaining("4 requests"),
          extensions: { code: "RATE_LIMITED", kind: "LIMITED", details: { retryAfterSeconds: seconds } },
        },
      ],
    });
    expect((await ask("192.0.2.2")).status).toBe(200);
  });

  it("is told as it is after the request, with what reading its document cost", async () => {
    const remaining = async (query: string) =>
      Number((await ask("192.0.2.8", query)).headers.get("ratelimit-remaining"));
    // One request, and one for a text of 10,500 characters; the second time it is known.
    for (const [document, left] of [
      ["{ __typename }", 2],
      ["{ nothing }", 0],
    ] as const)
      expect(await remaining(`${document} #${"x".repeat(10_500)}`)).toBe(left);
  });

  it("is told in the answer's cost", async () => {
    expect(bodyOf(await ask("192.0.2.9")).extensions?.cost).toEqual({
      requested: 1,
      maximum: 1_500,
      budget: { limit: 4, remaining: 3, resetSeconds: WINDOW_SECONDS },
    });
  });

  it("is what a refused token spends, so that nobody guesses for long", async () => {
    const statuses: number[] = [];
    for (let time = 0; time < 5; time++) {
      const headers = { "content-type": "application/json", "x-forwarded-for": "192.0.2.3" };
      const authorization = `Bearer guess-${time}`;
      statuses.push(
        (await sendBody(server, '{"query":"{__typename}"}', { ...headers, authorization })).status,
      );
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it("is one for all of an IPv6 network, and one for an IPv4 address however it is written", async () => {
    for (const address of [
      "2001:db8::1",
      "2001:db8:0:0:ffff::",
      "2001:0DB8:0000:0000:1:2:3:4",
      "2001:db8::a",
    ])
      expect((await ask(address)).status).toBe(200);
    expect((await ask("2001:db8::2")).status).toBe(429);
    expect((await ask("2001:db8:0:1::1")).status).toBe(200);
    for (let time = 0; time < 4; time++) await ask("192.0.2.7");
    for (const spelling of ["::ffff:192.0.2.7", "::ffff:c000:207", "64:ff9b::c000:207", "192.0.2.7:4711"])
      expect({ spelling, status: (await ask(spelling)).status }).toEqual({ spelling, status: 429 });
  });

  it("is not spent by who is signed in behind the same address", async () => {
    for (let time = 0; time < 5; time++) await ask("127.0.0.9");
    const token = await server.token("direct-admin");
    const headers = { "content-type": "application/json", "x-forwarded-for": "127.0.0.9" };
    const signedIn = { ...headers, authorization: `Bearer ${token}` };
    expect((await sendBody(server, '{"query":"{viewer{kind}}"}', signedIn)).status).toBe(200);
  });
});

describe("a budget that is used up", () => {
  it.each([
    [
      "of a caller who is signed in",
      async (brief: TestServer) => ({ token: await brief.token("direct-agent") }),
    ],
    ["of an address", () => Promise.resolve({})],
  ])("%s is there again when its window is over, and not before", async (_whose, asOf) => {
    const brief = await startTestServer({
      ...{ LIMIT_BUDGET: "20", LIMIT_BUDGET_SECONDS: "2", LIMIT_ANONYMOUS_REQUESTS: "4" },
    });
    const caller = await asOf(brief);
    const next = async () => {
      const askedAt = performance.now();
      const { status, headers } = await askOverHttp(brief, "{ __typename }", caller);
      return { askedAt, isRefused: status === 429, seconds: Number(headers.get("retry-after")) };
    };
    let refused = await next();
    while (!refused.isRefused) refused = await next();
    expect([1, 2]).toContain(refused.seconds);
    await until(async () => !(await next()).isRefused);
    // It was told in whole seconds, rounded up.
    expect(performance.now() - refused.askedAt).toBeGreaterThan((refused.seconds - 1) * 1_000);
    await brief.stop();
  });
});

describe("a proxy that nobody trusts", () => {
  it("cannot give an anonymous caller new addresses", async () => {
    const open = await startTestServer({ LIMIT_ANONYMOUS_REQUESTS: "2" });
    const statuses: number[] = [];
    for (let time = 0; time < 3; time++) {
      const headers = { "content-type": "application/json", "x-forwarded-for": `192.0.2.${time}` };
      statuses.push((await sendBody(open, '{"query":"{__typename}"}', headers)).status);
    }
    await open.stop();
    expect(statuses).toEqual([200, 200, 429]);
  });
});

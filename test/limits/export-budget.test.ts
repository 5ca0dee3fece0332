import { startTestServer, type TestServer } from "../support/test-server";
import { send } from "../api/at-the-endpoint";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LIMIT_BUDGET: "1200", LIMIT_ANONYMOUS_REQUESTS: "2" });
});
afterAll(() => server.stop());

const download = (headers: Record<string, string> = {}) =>
  send(`${server.url}/activity-log.csv`, { headers });

describe("a file of the activity log", () => {
  it("costs 500 points of its caller's budget, and is refused when they do not suffice", async () => {
    const mine = { authorization: `Bearer ${await server.token("direct-agent")}` };
    const first = await download(mine);
    expect(first.status).toBe(200);
    expect(first.headers.get("ratelimit-remaining")).toBe("700");
    expect((await download(mine)).headers.get("ratelimit-remaining")).toBe("200");

    const refused = await download(mine);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit-remaining")).toBe("0");
    expect(refused.body.errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", kind: "LIMITED" } }]);

    const others = { authorization: `Bearer ${await server.token("direct-admin")}` };
    expect((await download(others)).status).toBe(200);
  });

  it("that is refused costs what the refusal took: 10 points", async () => {
    const mine = { authorization: `Bearer ${await server.token("provider-agent")}` };
    const left = async (query: string) => {
      const { status, headers } = await send(`${server.url}/activity-log.csv${query}`, { headers: mine });
      expect(status).toBe(400);
      return Number(headers.get("ratelimit-remaining"));
    };
    expect(await left("?outcome=PERHAPS")).toBe(1_190);
    expect(await left("?colour=red")).toBe(1_180);
    expect(await left("?customerId=cust_1")).toBe(1_170);
    expect(await left("?from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z")).toBe(1_160);
    const forbidden = { authorization: `Bearer ${await server.token("direct-helpdesk")}` };
    const refused = await download(forbidden);
    expect([refused.status, refused.headers.get("ratelimit-remaining")]).toEqual([403, "1190"]);
    const done = await download(mine);
    expect([done.status, done.headers.get("ratelimit-remaining")]).toEqual([200, "660"]);
  });

  it("counts as one request of an anonymous caller's address", async () => {
    expect((await download()).status).toBe(401);
    expect((await download({ authorization: "Bearer nonsense" })).status).toBe(401);
    expect((await download()).status).toBe(429);
  });
});

import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { DocumentReader } from "../../src/transport/limits/document-reader";
import { TrustedDocuments } from "../../src/transport/trusted-documents/trusted-documents";
import { send } from "../api/at-the-endpoint";
import { heldMemory } from "../connections/deaf-peers";
import { startTestServer, type TestServer } from "../support/test-server";
import { askOverHttp, bodyOf, openAsker, sendBody } from "./endpoints";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ LIMIT_BUDGET: "1000", TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => server.stop());

/** A document that takes a validator longer with the square of its length, as the text of a fault report had it. */
const REPEATED = `{${"viewer{kind}".repeat(490)}}`;

async function remaining(token: string): Promise<number> {
  const { headers } = await askOverHttp(server, "{ __typename }", { token });
  return Number(headers.get("ratelimit-remaining"));
}

describe("a text that the server has not read before", () => {
  it("is refused before it is validated where one place repeats a field, and costs its tokens once", async () => {
    const token = await server.token("direct-agent");
    const before = await remaining(token);
    const { status, body } = await askOverHttp(server, REPEATED, { token });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      {
        extensions: {
          code: "OPERATION_TOO_LARGE",
          details: { limit: "sameField", maximum: 10, found: 490 },
        },
      },
    ]);
    // 1,962 tokens, 5,882 code units; and 1 for asking what is left.
    expect(before - (await remaining(token))).toBe(197 + 11 + 1);

    const again = await askOverHttp(server, REPEATED, { token });
    expect(again.body).toMatchObject({ errors: [{ message: body.errors?.[0]?.message }] });
    expect(before - (await remaining(token))).toBe(197 + 11 + 1 + 2);
  });

  it("costs the same over WebSocket, and its mistakes are the same the second time", async () => {
    const token = await server.token("reseller-agent");
    const { ask, raw } = await openAsker(server, token);
    const before = await remaining(token);
    const mistaken = `{ ${"nothing ".repeat(9)} viewer { kind(a: 1) } }`;
    const first = await ask(mistaken);
    // 22 tokens, and 36 pairs of one name.
    expect(before - (await remaining(token))).toBe(2 + 1 + 1);
    const withoutId = ({ errors = [] }: typeof first) =>
      errors.map(({ message, ...rest }) => ({
        message,
        locations: (rest as { locations?: unknown }).locations,
      }));
    expect(withoutId(await ask(mistaken))).toEqual(withoutId(first));
    expect(withoutId(bodyOf(await askOverHttp(server, mistaken, { token })))).toEqual(withoutId(first));
    expect(before - (await remaining(token))).toBe(2 + 1 + 1 + 3);
    raw.socket.close();
  });

  it("is compared for a price, and remembered without what it was parsed into", async () => {
    const reader = new DocumentReader(buildApiSchema(), {
      limits: { ...loadConfig({}).limits },
      trusted: new TrustedDocuments("off", new Map(), pino({ level: "silent" })),
    });
    const charged: number[] = [];
    const charge = (points: number) => Promise.resolve(void charged.push(points));
    const many = (at: number) => `{ ${`a { ${`z${at} `.repeat(10)} } `.repeat(10)} }`;
    await reader.read(many(0), charge);
    // 133 tokens and no 500 code units; 45 pairs of the ten, and 4,950 within them.
    expect(charged).toEqual([14, Math.floor((45 + 4_950) / 20)]);
    const held = heldMemory();
    for (let at = 1; at <= 50; at++) await reader.read(many(at), charge);
    // It was 90 MB: errors keep the stack, and that the document and all that validation had at hand.
    expect(heldMemory() - held).toBeLessThan(10);
  });

  it("that cannot be parsed as a request is charged to its address", async () => {
    const headers = { "content-type": "application/json", "x-forwarded-for": "192.0.2.9" };
    const left = async () => {
      const answer = await sendBody(server, '{"query":"{ __typename }"}', headers);
      return Number(answer.headers.get("ratelimit-remaining"));
    };
    const before = await left();
    expect((await sendBody(server, "{", headers)).status).toBe(400);
    await send(`${server.url}/graphql/stream`, { method: "POST", body: '{"a":1}', headers });
    expect(before - (await left())).toBe(3);
  });

  it("is refused unread where the budget does not suffice for it", async () => {
    const token = await server.token("provider-agent");
    const long = (at: number) =>
      `{ ${"viewer { kind } ".repeat(9)} ${`#${"x".repeat(99)}\n`.repeat(900 + at)} }`;
    expect((await askOverHttp(server, long(0), { token })).status).toBe(200);
    const statuses: number[] = [];
    for (let at = 1; at < 13; at++) statuses.push((await askOverHttp(server, long(at), { token })).status);
    expect([...new Set(statuses)]).toEqual([200, 429]);
  });

  it("counts as several requests of an address that nobody has signed in for", async () => {
    const headers = { "content-type": "application/json", "x-forwarded-for": "192.0.2.1" };
    const left = async (query: string) => {
      const answer = await sendBody(server, JSON.stringify({ query }), headers);
      return Number(answer.headers.get("ratelimit-remaining"));
    };
    const first = await left("{ __typename }");
    await left(`{ ${"unknown ".repeat(10)} ${"#".repeat(99_000)}\n }`);
    // 2 points for its tokens and 198 for its length are 10 requests, the length of the body 6 more than the request itself.
    expect(first - (await left("{ __typename }"))).toBe(10 + 6 + 1 + 1);
  });
});

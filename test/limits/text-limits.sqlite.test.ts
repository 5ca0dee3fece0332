import { send } from "../live/stream";
import { openSocket } from "../live/socket";
import { post } from "../api/at-the-endpoint";
import { startTestServer, type TestServer } from "../support/test-server";
import { askOverHttp, bodyOf, type CostedAnswer, openAsker } from "./endpoints";
import { superlinear } from "./cpu-growth";

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token("direct-agent");
});
afterAll(() => server.stop());

const FIRST = "query ($f: Int) { customers(first: $f) { nodes { id } } }";
const SECRET = `mutation ($s: String) {
  createWebhookEndpoint(input: { url: "https://receiver.example", secret: $s }) { userErrors { code field message } }
}`;
const COMPANY = `mutation ($s: String!) {
  createCustomer(input: { companyName: $s, domain: "a.example", country: "US", contactEmail: "a@b.example" }) {
    userErrors { code field message }
  }
}`;
const refusalFor = (found: number, field: string) => ({
  code: "OPERATION_TOO_LARGE",
  kind: "LIMITED",
  field,
  details: { limit: "text", maximum: 10_000, found },
});

async function overSse(query: string, variables: object): Promise<CostedAnswer> {
  const headers = {
    accept: "text/event-stream",
    "content-type": "application/json",
    authorization: `Bearer ${token}`,
  };
  const stream = await send(
    `${server.url}/graphql/stream`,
    "POST",
    JSON.stringify({ query, variables }),
    headers,
  );
  const [first] = await stream.heard(1);
  return first.data as CostedAnswer;
}

it("a document with too many fields that must be compared is refused before it is validated", async () => {
  // In each place fewer of one name than are refused before validation.
  const ten = (inside: string) => `a { ${inside} } `.repeat(10);
  const query = `{ ${ten(ten("b b b"))} }`;
  const answer = await askOverHttp(server, query, {});
  expect(answer.status).toBe(400);
  expect(bodyOf(answer).errors).toMatchObject([
    {
      message: expect.stringMatching(/^The document has too many fields .*, at most 10000\.$/) as string,
      extensions: { code: "OPERATION_TOO_LARGE", details: { limit: "comparisons", maximum: 10_000 } },
    },
  ]);
});

describe("a text of 260,000 letters where a number belongs", () => {
  const variables = { f: "a".repeat(260_000) };

  it("is refused by its length over HTTP, to strangers too", async () => {
    for (const caller of [{ token }, {}]) {
      const answer = await askOverHttp(server, FIRST, { ...caller, variables });
      expect(answer.status).toBe(400);
      expect(bodyOf(answer).errors).toMatchObject([{ extensions: refusalFor(260_000, "f") }]);
      expect(answer.text.length).toBeLessThan(1_000);
    }
    expect(
      await superlinear(
        (length) => askOverHttp(server, FIRST, { variables: { f: "a".repeat(length) } }),
        260_000,
      ),
    ).toBeUndefined();
  });

  it("is refused by its length over server-sent events", async () => {
    expect((await overSse(FIRST, variables)).errors).toMatchObject([
      { extensions: refusalFor(260_000, "f") },
    ]);
  });

  it("is refused by its length over WebSocket, whose messages are shorter", async () => {
    const asker = await openAsker(server, token);
    const { errors } = await asker.ask(FIRST, { f: "a".repeat(60_000) });
    expect(errors).toMatchObject([{ extensions: refusalFor(60_000, "f") }]);
    asker.raw.socket.close();
  });
});

describe.each([
  ["a webhook's secret", SECRET, "secret", `whsec_${"=".repeat(259_993)}a`, `whsec_${"=".repeat(9_993)}a`],
  [
    "a company's name",
    COMPANY,
    "companyName",
    `${"\u0315\u0300\u05ae".repeat(40_000)}a`,
    `${"\u0315\u0300\u05ae".repeat(3_333)}a`,
  ],
])("%s", (_, query, field, far, near) => {
  it("that is beyond the limit of all texts is refused as a whole", async () => {
    const answer = bodyOf(await askOverHttp(server, query, { token, variables: { s: far } }));
    expect(answer.errors).toMatchObject([{ extensions: refusalFor(far.length, "s") }]);
  });

  it("that is beyond its own rule is refused by its length, before anything else is done with it", async () => {
    const { data } = bodyOf(await askOverHttp(server, query, { token, variables: { s: near } }));
    const [[problem]] = Object.values(data as Record<string, { userErrors: object[] }>).map(
      ({ userErrors }) => userErrors,
    );
    expect(problem).toMatchObject({
      code: "FIELD_INVALID",
      field,
      message: expect.stringContaining("at most"),
    });
  });
});

describe("what else is long", () => {
  it("many values are refused by their number", async () => {
    const query = "query ($types: [EventType!]) { events(types: $types) { totalCount } }";
    const variables = { types: Array<string>(1_001).fill("INVITATION_ACCEPTED") };
    const { errors } = bodyOf(await askOverHttp(server, query, { token, variables }));
    expect(errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", details: { limit: "values", maximum: 1_000 } } },
    ]);
  });

  it("many mistakes in long variables are refused by their number, because each repeats the values", async () => {
    const query =
      "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { userErrors { code } } }";
    const unknown = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "a".repeat(9_000)]));
    const known = { companyName: "a", contactEmail: "a", country: "a", domain: "a" };
    const few = bodyOf(
      await askOverHttp(server, query, { token, variables: { input: { ...known, ...unknown(5) } } }),
    );
    expect(few.errors?.map(({ extensions: { code } }) => code)).toEqual(Array(5).fill("BAD_REQUEST"));
    const { errors } = bodyOf(await askOverHttp(server, query, { token, variables: { input: unknown(20) } }));
    expect(errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", details: { limit: "mistakes", maximum: 5 } } },
    ]);
  });

  it("an alias that each row of the answer would repeat is refused", async () => {
    const query = `{ customers(first: 500) { nodes { ${"a".repeat(201)}: id } } }`;
    const { errors } = bodyOf(await askOverHttp(server, query, { token }));
    expect(errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", details: { limit: "name", maximum: 200, found: 201 } } },
    ]);
  });

  it("a name that does not exist is not repeated whole", async () => {
    const { text, body } = await post(server, { query: `{ ${"a".repeat(200_000)} }` });
    expect(body.errors).toMatchObject([{ extensions: { code: "BAD_REQUEST" } }]);
    expect(text.length).toBeLessThan(2_000);
  });

  it("a bearer token is refused by its length, where headers do not limit it", async () => {
    const raw = await openSocket(server);
    raw.send({ type: "connection_init", payload: { authorization: `Bearer ${"a".repeat(20_000)}` } });
    expect(await raw.closed).toMatchObject({
      code: 4403,
      reason: expect.stringMatching(/^TOKEN_INVALID: A bearer token has at most 16384/),
    });
  });

  it("the id of an operation on a WebSocket is refused by its length, and the socket goes on", async () => {
    const asker = await openAsker(server, token);
    const id = "i".repeat(201);
    asker.raw.subscribe(id, "{ viewer { kind } }");
    const refused = await asker.raw.heard((message) => message.id === id);
    expect(refused).toMatchObject({ type: "error", payload: [{ extensions: { code: "BAD_REQUEST" } }] });
    expect((await asker.ask("{ viewer { kind } }")).data).toEqual({ viewer: { kind: "PARTNER_USER" } });
    asker.raw.socket.close();
  });

  it("of many filters of the activity log's file some are named, and of a long one not all", async () => {
    const headers = { authorization: `Bearer ${token}` };
    const many = Array.from({ length: 2_000 }, (_, at) => `p${at}=1`).join("&");
    for (const search of [many, `${"p".repeat(5_000)}=1`]) {
      const response = await fetch(`${server.url}/activity-log.csv?${search}`, { headers });
      expect(response.status).toBe(400);
      expect((await response.text()).length).toBeLessThan(6_000);
    }
  });
});

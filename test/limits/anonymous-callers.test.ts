import pino from "pino";
import { loadConfig } from "../../src/config/config";
import { demoPeople } from "../../src/demo";
import { type RunningServer, startServer } from "../../src/start/start-server";
import { post, send } from "../api/at-the-endpoint";
import { makeTestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";
import { askOverHttp, openAsker } from "./endpoints";
import { PATIENT_WAITS } from "../support/patience";

const MISTAKES: [string, string, object][] = [
  ["a field", "{ viewer { displayNam } }", {}],
  ["an argument", "{ customers(fist: 1) { totalCount } }", {}],
  ["a type", "{ node(id: 1) { ... on Custome { id } } }", {}],
  ["a field that must be asked of a subtype", "{ node(id: 1) { companyName } }", {}],
  ["the fields of an object", "{ viewer { partner } }", {}],
  ["an enum's value in the document", "{ customers(orderBy: { field: COMPANY_NAM }) { totalCount } }", {}],
  [
    "an enum's value in a variable",
    "query ($order: CustomerOrder) { customers(orderBy: $order) { totalCount } }",
    { order: { field: "COMPANY_NAM" } },
  ],
  [
    "an input's field in a variable",
    "mutation ($input: InviteCustomerInput!) { inviteCustomer(input: $input) { link } }",
    { input: { recipientEmai: "a@b.example" } },
  ],
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe("a caller who mistypes", () => {
  it.each(MISTAKES)(
    "%s gets a suggestion over HTTP and WebSocket when signed in",
    async (_, query, variables) => {
      const token = await server.token("direct-agent");
      const { body } = await askOverHttp(server, query, { token, variables });
      expect(body.errors?.map(({ message }) => message).join()).toContain("Did you mean");
      const { ask, raw } = await openAsker(server, token);
      const live = await ask(query, variables);
      expect(live.errors?.map(({ message }) => message)).toEqual(body.errors?.map(({ message }) => message));
      raw.socket.close();
    },
  );

  it.each(MISTAKES)(
    "%s gets none as an anonymous caller, nor with a token that is refused",
    async (_, query, variables) => {
      for (const token of [undefined, "rubbish"]) {
        const { status, body, text } = await askOverHttp(server, query, { token, variables });
        expect(status).toBeGreaterThanOrEqual(200);
        expect(body.errors?.length).toBeGreaterThan(0);
        expect(text).not.toMatch(/did you mean/i);
      }
    },
  );

  it("is told what is wrong all the same", async () => {
    const { body } = await askOverHttp(server, "{ viewer { displayNam } }");
    expect(body.errors).toMatchObject([{ message: 'Cannot query field "displayNam" on type "Viewer".' }]);
  });
});

describe("an anonymous caller", () => {
  it("is answered what needs nobody, and refused field by field", async () => {
    const { status, body } = await askOverHttp(server, "{ __typename viewer { kind } }");
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([{ path: ["viewer"], extensions: { code: "TOKEN_MISSING" } }]);
    expect((await askOverHttp(server, "{ __typename }")).body).toEqual({ data: { __typename: "Query" } });
  });
});

describe("in production", () => {
  const SCHEMA = [
    "{ __schema { queryType { name } } }",
    '{ __typename ... on Query { t: __type(name: "Query") { name } } }',
  ];
  let production: RunningServer;
  let token: string;
  let giveBack: () => Promise<void>;
  beforeAll(async () => {
    const database = await makeTestDatabase({ migrated: true });
    // No operator can have this, and it is a way to be signed in to production in a test.
    const config = { ...loadConfig({ ...database.environment, PORT: "0" }), production: true };
    production = await startServer(config, pino({ level: "silent" }), { waits: PATIENT_WAITS });
    token = (await production.developmentIssuer?.sign(demoPeople["direct-admin"], 600)) ?? "";
    giveBack = async () => {
      await production.stop();
      await database.drop();
    };
  });
  afterAll(() => giveBack());

  it.each(SCHEMA)("the schema is told to who is signed in, also by %s", async (query) => {
    const { body } = await post(production, { query }, { authorization: `Bearer ${token}` });
    expect(body.errors).toBeUndefined();
    const { ask, raw } = await openAsker(production as unknown as TestServer, token);
    expect((await ask(query)).data).toEqual(body.data);
    raw.socket.close();
  });

  it.each(SCHEMA)("the schema is not told to strangers, also by %s, whoever asked before", async (query) => {
    await post(production, { query }, { authorization: `Bearer ${token}` });
    for (const [headers, code] of [
      [{}, "TOKEN_MISSING"],
      [{ authorization: "Bearer rubbish" }, "TOKEN_INVALID"],
    ] as const) {
      const { status, body, headers: answered } = await post(production, { query }, headers);
      expect({ status, way: answered.get("www-authenticate") }).toEqual({ status: 401, way: "Bearer" });
      expect(body).toMatchObject({ errors: [{ extensions: { code, kind: "UNAUTHENTICATED" } }] });
      expect(body.data).toBeUndefined();
    }
  });
});

describe("another site's page", () => {
  const query = encodeURIComponent("{ __typename }");
  it.each<[string, string, RequestInit, number]>([
    [
      "a list of operations",
      "",
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '[{"query":"{__typename}"},{"query":"{__typename}"}]',
      },
      400,
    ],
    ["a GET without a preflight", `?query=${query}`, {}, 400],
    ["a GET of a plain type", `?query=${query}`, { headers: { "content-type": "text/plain" } }, 400],
    [
      "a form",
      "",
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `query=${query}`,
      },
      415,
    ],
    [
      "a plain text",
      "",
      { method: "POST", headers: { "content-type": "text/plain" }, body: '{"query":"{__typename}"}' },
      400,
    ],
    [
      "a mutation by GET, even after a preflight",
      `?query=${encodeURIComponent("mutation { __typename }")}`,
      { headers: { "apollo-require-preflight": "1" } },
      405,
    ],
  ])("cannot send %s", async (_, search, options, status) => {
    const answer = await send(`${server.url}/graphql${search}`, options);
    expect({ status: answer.status, data: answer.body.data }).toEqual({ status, data: undefined });
    expect(answer.body.errors).toMatchObject([{ extensions: { code: "BAD_REQUEST", kind: "INVALID" } }]);
  });

  it("is not what a GET with the preflight header is", async () => {
    const headers = { "apollo-require-preflight": "1" };
    expect(await send(`${server.url}/graphql?query=${query}`, { headers })).toMatchObject({ status: 200 });
  });
});

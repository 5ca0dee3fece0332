import { Offer } from "../../entities/catalog/offer";
import { newId } from "../../src/values/ids";
import { post, send } from "./at-the-endpoint";
import { type LoggedServer, startLoggedServer } from "./logged-server";

let server: LoggedServer;
beforeAll(async () => {
  server = await startLoggedServer();
});
afterAll(() => server.stop());

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

describe("the request id", () => {
  it.each(["my-request-1", "A.b_c-9012", "x".repeat(64)])("that a caller sends is kept: %s", async (id) => {
    const { headers, body } = await post(server, { query: "{ viewer { kind } }" }, { "x-request-id": id });
    expect(headers.get("x-request-id")).toBe(id);
    expect(body.errors?.[0]?.extensions.requestId).toBe(id);
  });

  it.each(["short", "x".repeat(65), "with space", 'quo"te-1234', "semi;colon", "ümläute-123"])(
    "that is not fit for a log is replaced: %s",
    async (id) => {
      const { headers, body } = await post(server, { query: "{ viewer { kind } }" }, { "x-request-id": id });
      expect(headers.get("x-request-id")).toMatch(UUID);
      expect(body.errors?.[0]?.extensions.requestId).toBe(headers.get("x-request-id"));
    },
  );

  it("is made where there is none, a new one each time, and is on answers without errors too", async () => {
    const ids = new Set<string | null>();
    for (const path of ["/healthz", "/graphql?query=%7B__typename%7D", "/nowhere"]) {
      const options = { headers: { "apollo-require-preflight": "1" } };
      ids.add((await send(`${server.url}${path}`, options)).headers.get("x-request-id"));
    }
    expect(ids.size).toBe(3);
    for (const id of ids) expect(id).toMatch(UUID);
  });
});

describe("a request that cannot be understood", () => {
  const json = { "content-type": "application/json", "x-request-id": "my-request-1" };
  const cases: [string, number, RequestInit][] = [
    ["is no JSON", 400, { body: '{"query": "s3cret', headers: json }],
    ["has no query", 400, { body: "{}", headers: json }],
    ["has several operations in a list", 400, { body: '[{"query":"{__typename}"}]', headers: json }],
    ["does not parse", 400, { body: '{"query":"{ viewer {"}', headers: json }],
    ["asks for what there is not", 400, { body: '{"query":"{ viewer { password } }"}', headers: json }],
    [
      "names no operation of several",
      400,
      { body: '{"query":"query A{__typename} query B{__typename}"}', headers: json },
    ],
    ["asks for live events", 400, { body: '{"query":"subscription { events { id } }"}', headers: json }],
    [
      "is a form of another site",
      400,
      { body: "query={viewer{kind}}", headers: { ...json, "content-type": "text/plain" } },
    ],
    ["is of an unknown kind", 415, { body: "<a/>", headers: { ...json, "content-type": "application/xml" } }],
  ];

  it.each(cases)("because it %s is BAD_REQUEST, with kind and request id", async (_, status, options) => {
    const answer = await send(`${server.url}/graphql`, { method: "POST", ...options });
    expect({ status: answer.status, id: answer.headers.get("x-request-id") }).toEqual({
      status,
      id: "my-request-1",
    });
    expect(answer.body.data).toBeUndefined();
    const [error] = answer.body.errors ?? [];
    expect(error?.extensions).toEqual({ code: "BAD_REQUEST", kind: "INVALID", requestId: "my-request-1" });
    expect(error?.message).not.toBe("");
  });

  it("by GET is refused where it would change something", async () => {
    const query = encodeURIComponent(
      'mutation { suspendSubscription(input: { subscriptionId: "x" }) { userErrors { code } } }',
    );
    const headers = {
      "apollo-require-preflight": "1",
      authorization: `Bearer ${await server.token("direct-agent")}`,
    };
    const answer = await send(`${server.url}/graphql?query=${query}`, { headers });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toBe("POST");
    expect(answer.body.errors).toMatchObject([{ extensions: { code: "BAD_REQUEST", kind: "INVALID" } }]);
  });

  it("by GET is refused where a page of another site could have sent it", async () => {
    const answer = await send(`${server.url}/graphql?query=%7B__typename%7D`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([
      { message: expect.stringContaining("CSRF"), extensions: { code: "BAD_REQUEST", kind: "INVALID" } },
    ]);
  });

  it("at an address that there is not is answered 404, by a method that it does not take 405, in JSON", async () => {
    for (const [method, path, status, allow] of [
      ["GET", "/nowhere", 404, null],
      ["POST", "/invitation", 405, "GET"],
      ["PUT", "/graphql", 405, "GET, POST"],
    ] as const) {
      const answer = await send(`${server.url}${path}`, { method });
      expect({ status: answer.status, allow: answer.headers.get("allow") }).toEqual({ status, allow });
      expect(answer.body.errors).toMatchObject([{ extensions: { code: "BAD_REQUEST", kind: "INVALID" } }]);
      expect(answer.text).not.toContain(path);
    }
  });
});

describe("an error of a query", () => {
  it("does not erase what the same document asked for beside it", async () => {
    const { body } = await server.ask("direct-sales", "{ viewer { displayName } customers { totalCount } }");
    expect(body.data).toEqual({ viewer: { displayName: "Sina Park" }, customers: null });
    expect(body.errors).toMatchObject([{ path: ["customers"], extensions: { code: "FORBIDDEN" } }]);
  });

  it("tells code, kind, field and details at the top level", async () => {
    const { body } = await server.ask("direct-agent", "{ customers(first: 0) { totalCount } }");
    expect(body).toMatchObject({
      data: { customers: null },
      errors: [
        {
          path: ["customers"],
          extensions: {
            code: "FIELD_INVALID",
            kind: "INVALID",
            field: "first",
            details: { minimum: 1, maximum: 500 },
            requestId: expect.stringMatching(UUID),
          },
        },
      ],
    });
  });

  it("has no stack, whatever it is", async () => {
    const { text } = await server.ask(
      "direct-agent",
      '{ customers(first: 0) { nodes { id } } node(id: "x") { id } }',
    );
    expect(text).not.toMatch(/stack|\.ts|node_modules|at \w+ \(/);
  });
});

describe("something unexpected", () => {
  /** Takes a table away for a while: the honest way to a failure that nobody foresaw. */
  async function without<T>(table: string, work: () => Promise<T>): Promise<T> {
    const source = server.running.services.database.schemaSource;
    await source.query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
    try {
      return await work();
    } finally {
      await source.query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    }
  }

  it("is INTERNAL with the request id and nothing else; the log has the cause, and no parameter", async () => {
    server.log.length = 0;
    const { body, text } = await without("offer", () =>
      server.ask("direct-agent", '{ offers(nameStartsWith: "s3cret-needle") { nodes { id } } }'),
    );

    const requestId = body.errors?.[0]?.extensions.requestId as string;
    expect(requestId).toMatch(UUID);
    expect(body).toEqual({
      data: { offers: null },
      errors: [
        {
          message: `Something unexpected went wrong. Tell the operator the request id ${requestId}.`,
          locations: [{ line: 1, column: 3 }],
          path: ["offers"],
          extensions: { code: "INTERNAL", kind: "INTERNAL", requestId },
        },
      ],
    });
    expect(text).not.toMatch(/offer\b.*exist|no such table|SELECT/i);
    const told = server.log.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);
    expect(told).toMatchObject([{ requestId, msg: "unexpected error" }]);
    expect(told[0].err.message).toMatch(/no such table|doesn't exist/i);
    expect(told[0].err.stack).toMatch(/\n +at /);
    expect(told[0].err.query).toContain("SELECT");
    expect(server.log.join("")).not.toContain("needle");
  });

  it("of a mutation is a top-level error too, and the mutation beside it goes on", async () => {
    const { body: found } = await server.ask("direct-agent", "{ customers(first: 1) { nodes { id } } }");
    const { body } = await without("offer", () =>
      server.ask(
        "direct-agent",
        `mutation ($customer: ID!, $offer: ID!) {
          createSubscription(input: { customerId: $customer, offerId: $offer, quantity: 1 }) { userErrors { code } }
          inviteCustomer(input: { recipientEmail: "beside@shop.example" }) { link userErrors { code } }
        }`,
        { customer: found.data.customers.nodes[0].id, offer: newId(Offer) },
      ),
    );
    expect(body.errors).toMatchObject([{ path: ["createSubscription"], extensions: { code: "INTERNAL" } }]);
    expect(body.data).toMatchObject({
      createSubscription: null,
      inviteCustomer: { link: expect.stringContaining("#"), userErrors: [] },
    });
  });
});

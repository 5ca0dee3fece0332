import { within } from "../support/patience";
import { type Answer, startTestServer, type TestServer } from "../support/test-server";
import { openSocket } from "./socket";
import { HEAD, listenersLeft, onServer } from "./scenario";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const EVENTS = `subscription { events { ${HEAD} } }`;

describe("a socket without a good token", () => {
  it.each([
    ["no token", () => undefined],
    ["no text", () => 42],
    ["a token that is none", () => "Bearer nonsense"],
    ["another scheme", async () => `Basic ${await server.token("direct-agent")}`],
    [
      "a token with another signature",
      async () => `Bearer ${(await server.token("direct-agent")).slice(0, -8)}AAAAAAAA`,
    ],
  ])("(%s) is closed with 4403", async (_what, authorization) => {
    const socket = await openSocket(server);
    socket.send({ type: "connection_init", payload: { authorization: await authorization() } });
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(socket.messages).toEqual([]);
  });

  it("is closed with 4401 when it subscribes before it signed in", async () => {
    const socket = await openSocket(server);
    socket.subscribe("1", EVENTS);
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(await listenersLeft(server)).toBe(0);
  });

  it("is closed when it says nothing for three seconds", async () => {
    const startedAt = performance.now();
    expect(await (await openSocket(server)).closed).toMatchObject({ code: 4408 });
    expect(performance.now() - startedAt).toBeLessThan(within(3_000));
  });
});

describe("a socket whose token runs out", () => {
  /** As long as a busy machine may need to sign it in. */
  const LIFETIME_SECONDS = 5;

  it("is closed with 4403 in time, and its listeners leave", async () => {
    const token = await server.token("direct-agent", LIFETIME_SECONDS);
    const socket = await openSocket(server, token);
    socket.subscribe("1", EVENTS);
    expect(await listenersLeft(server, 1)).toBe(1);
    const startedAt = performance.now();
    expect(await socket.closed).toEqual({
      code: 4403,
      reason: "TOKEN_EXPIRED: The bearer token has expired. Get a new one.",
    });
    expect(performance.now() - startedAt).toBeLessThan(within(LIFETIME_SECONDS * 1_000));
    expect(await listenersLeft(server)).toBe(0);
  });
});

/** The one answer that a document gets over a socket. */
async function overSocket(person: string, query: string, variables: object = {}, operationName?: string) {
  const socket = await openSocket(server, await server.token(person));
  socket.send({ type: "subscribe", id: "it", payload: { query, variables, operationName } });
  const { payload, type } = await socket.heard(({ id }) => id === "it");
  if (type === "next") await socket.heard((message) => message.type === "complete");
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);
  socket.socket.close();
  return (type === "error" ? { errors: payload } : payload) as Answer;
}

async function overHttp(person: string, query: string, variables: object = {}, operationName?: string) {
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${await server.token(person)}`,
  };
  const body = JSON.stringify({ query, variables, operationName });
  return (await (await fetch(`${server.url}/graphql`, { method: "POST", headers, body })).json()) as Answer;
}

/** An answer without what differs from request to request. */
function lasting({ data, errors }: Answer) {
  const found = errors?.map(({ extensions: { requestId, ...extensions }, ...error }) => {
    expect(requestId).toMatch(/^[\w.-]{8,64}$/);
    return { ...error, extensions };
  });
  return { data: (data ?? undefined) as unknown, errors: found };
}

describe("a query or mutation over the socket", () => {
  const unknownCustomer = "cust_01h2xcejqtf2nbrexx3vqjhp41";

  it.each([
    [
      "what was asked",
      "direct-agent",
      "{ viewer { email } customers(first: 2) { nodes { companyName } } }",
      undefined,
    ],
    ["FORBIDDEN", "direct-sales", "{ customers { nodes { id } } }", "FORBIDDEN"],
    ["NOT_FOUND", "direct-agent", `{ customer(id: "${unknownCustomer}") { id } }`, "CUSTOMER_NOT_FOUND"],
    ["a malformed id's code", "direct-agent", '{ customer(id: "nonsense") { id } }', "ID_MALFORMED"],
    ["a field's rule", "direct-agent", "{ customers(first: 501) { nodes { id } } }", "FIELD_INVALID"],
    ["an unknown field's mistake", "direct-agent", "{ viewer { password } }", "BAD_REQUEST"],
    ["two mistakes of a document", "direct-agent", "{ viewer { a b } }", "BAD_REQUEST"],
    ["a syntax error", "direct-agent", "{ viewer {", "BAD_REQUEST"],
    [
      "part of the data and an error",
      "direct-sales",
      "{ viewer { email } relationships { nodes { id } } }",
      "FORBIDDEN",
    ],
    [
      "a mutation's refusal as data",
      "direct-agent",
      `mutation { removeRelationship(input: { relationshipId: "rel_01h2xcejqtf2nbrexx3vqjhp41" }) {
         userErrors { code field message } } }`,
      undefined,
    ],
  ])("gets %s exactly as over HTTP", async (_what, person, document, code) => {
    const [socket, http] = [
      lasting(await overSocket(person, document)),
      lasting(await overHttp(person, document)),
    ];
    expect(socket).toEqual(http);
    expect(socket.errors?.[0]?.extensions.code).toBe(code);
  });

  it("gets a variable's mistake, a missing operation's and an unknown person's exactly as over HTTP", async () => {
    const byId = "query ByHand($id: ID!) { customer(id: $id) { id } }";
    const cases: [string, string, object, string?][] = [
      ["direct-agent", byId, { id: ["a", "list"] }],
      ["direct-agent", byId, {}],
      ["newcomer-admin", "{ customers { nodes { id } } }", {}],
    ];
    for (const one of cases)
      expect(lasting(await overSocket(...one))).toEqual(lasting(await overHttp(...one)));

    const missing = lasting(await overSocket("direct-agent", byId, {}, "Other"));
    expect(missing.errors).toMatchObject([{ extensions: { code: "BAD_REQUEST", kind: "INVALID" } }]);
  });

  it("gets INTERNAL and nothing else of an unexpected error, exactly as over HTTP", async () => {
    const rename = (from: string, to: string) =>
      onServer(server).transaction((tx) => tx.execute(`ALTER TABLE ${from} RENAME TO ${to}`, []));
    await rename("offer", "offer_away");
    const document = "{ offers { nodes { id } } }";
    const answers = [await overSocket("direct-agent", document), await overHttp("direct-agent", document)];
    await rename("offer_away", "offer");

    for (const { errors } of answers) {
      expect(errors).toMatchObject([
        { path: ["offers"], extensions: { code: "INTERNAL", kind: "INTERNAL" } },
      ]);
      const [error] = errors ?? [];
      expect(error?.message).toContain(error?.extensions.requestId as string);
      expect(JSON.stringify(errors)).not.toMatch(/offer_away|sql|select|table/i);
    }
    const withoutMessage = (answer: Answer) =>
      lasting(answer).errors?.map(({ message: _, ...error }) => error);
    expect(withoutMessage(answers[0] ?? {})).toEqual(withoutMessage(answers[1] ?? {}));
  });
});

describe("a listener", () => {
  it.each([
    ["events", ["GLOBAL_ADMIN", "ADMIN_AGENT"]],
    ["invitationAccepted", ["GLOBAL_ADMIN", "ADMIN_AGENT"]],
    ["relationshipRemoved", ["GLOBAL_ADMIN", "ADMIN_AGENT"]],
  ])("that is a sales agent is refused %s and told which roles would do", async (field, roles) => {
    const answer = await overSocket("direct-sales", `subscription { ${field} { id } }`);
    expect(answer.errors).toMatchObject([
      { extensions: { code: "FORBIDDEN", kind: "FORBIDDEN", details: { roles } } },
    ]);
    for (const role of roles) expect(answer.errors?.[0]?.message).toContain(role);
    expect(await listenersLeft(server)).toBe(0);
  });

  it("of an organization that is not known is refused", async () => {
    const answer = await overSocket("newcomer-admin", "subscription { events { id } }");
    expect(answer.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    expect(await listenersLeft(server)).toBe(0);
  });
});

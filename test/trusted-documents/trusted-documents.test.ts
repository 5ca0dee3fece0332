import { setTimeout as pause } from "node:timers/promises";
import { post, send } from "../api/at-the-endpoint";
import { startLoggedServer, type LoggedServer } from "../api/logged-server";
import { openSocket } from "../live/socket";
import { rawRequest } from "../support/raw-request";
import { idOf, makeDocumentFiles } from "./documents-file";
import { type Asked, type EndpointUnderTest, endpointsUnderTest } from "./trusted-endpoints";

const VIEWER = "query Viewer { viewer { kind } }";
const NAMES = "query Names($first: Int) { customers(first: $first) { nodes { companyName } } }";
const WIDE =
  "query Wide($first: Int) { customers(first: $first) { nodes { relationships { id partner { id } } subscriptions { nodes { id } } } } }";
const USERS = "query Users { users { nodes { id } } }";
const INVITE = `mutation Invite { inviteCustomer(input: { recipientEmail: "who@new.example" }) { invitation { id } } }`;
const HEARD = "subscription Heard { events { type } }";
const TRUSTED = [VIEWER, NAMES, WIDE, USERS, INVITE, HEARD];
const OTHER = "query Other { viewer { email } }";

const files = makeDocumentFiles();
const file = files.write(TRUSTED);
const servers: LoggedServer[] = [];
let [enforcing, logging, without]: LoggedServer[] = [];
let token: string;
beforeAll(async () => {
  const WITH = { TRUSTED_DOCUMENTS_FILE: file };
  for (const environment of [{ ...WITH, TRUSTED_DOCUMENTS: "enforce" }, WITH, {}])
    servers.push(await startLoggedServer(environment));
  [enforcing, logging, without] = servers;
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  files.remove();
});

async function ask(
  server: LoggedServer | undefined,
  door: EndpointUnderTest,
  asked: Asked,
  person = "direct-agent",
) {
  if (!server) throw new Error("it did not start");
  token = await server.token(person);
  return door(server, token, asked);
}

const code = (answer: Awaited<ReturnType<EndpointUnderTest>>) =>
  answer.errors?.map(({ extensions }) => extensions.code);
const toldOf = (server: LoggedServer | undefined) =>
  (server?.log ?? [])
    .filter((line) => line.includes("is not trusted"))
    .map((line) => JSON.parse(line) as object);

describe.each(Object.entries(endpointsUnderTest))("at %s", (_name, door) => {
  it("an id stands for its document, with or without sha256: before it", async () => {
    for (const documentId of [idOf(NAMES), idOf(NAMES).slice("sha256:".length)]) {
      const { data, errors } = await ask(enforcing, door, { documentId, variables: { first: 2 } });
      expect(errors).toBeUndefined();
      expect(data.customers.nodes).toHaveLength(2);
    }
  });

  it("an id that is not listed is refused, and the message says what to do", async () => {
    for (const server of [enforcing, logging]) {
      const answer = await ask(server, door, { documentId: idOf(OTHER) });
      expect(code(answer)).toEqual(["DOCUMENT_UNKNOWN"]);
      expect(answer.errors?.[0]?.message).toContain("Ask the operator to list the document");
      expect([400, undefined]).toContain(answer.status);
    }
  });

  it("an id and a text must agree", async () => {
    const agreeing = { documentId: idOf(VIEWER), query: VIEWER };
    expect(await ask(enforcing, door, agreeing)).toMatchObject({
      data: { viewer: { kind: "PARTNER_USER" } },
    });
    for (const server of [enforcing, logging]) {
      expect(code(await ask(server, door, { documentId: idOf(VIEWER), query: OTHER }))).toEqual([
        "BAD_REQUEST",
      ]);
      expect(code(await ask(server, door, { documentId: idOf(OTHER), query: VIEWER }))).toEqual([
        "BAD_REQUEST",
      ]);
    }
    const unlisted = { documentId: idOf(OTHER), query: OTHER };
    expect(await ask(logging, door, unlisted)).toMatchObject({ data: { viewer: {} } });
  });

  it("an id is refused where trusted documents are off, though its text comes with it", async () => {
    for (const query of [undefined, VIEWER]) {
      const answer = await ask(without, door, { documentId: idOf(VIEWER), query });
      expect(code(answer)).toEqual(["DOCUMENT_UNKNOWN"]);
      expect(answer.errors?.[0]?.message).toContain("Send the operation's text as `query`");
    }
  });

  it("the limits, the budget and permissions hold for a trusted document as for any other", async () => {
    const dear = await ask(enforcing, door, { documentId: idOf(WIDE), variables: { first: 500 } });
    expect(dear.errors).toMatchObject([
      { extensions: { code: "OPERATION_TOO_LARGE", details: { limit: "cost" } } },
    ]);
    const wrong = await ask(enforcing, door, { documentId: idOf(NAMES), variables: { first: "two" } });
    expect(code(wrong)).toEqual(["BAD_REQUEST"]);
    const helpdesk = await ask(enforcing, door, { documentId: idOf(USERS) }, "direct-helpdesk");
    expect(code(helpdesk)).toEqual(["FORBIDDEN"]);
  });
});

/** Ways on which a text can come without an id. */
const withText = Object.entries(endpointsUnderTest).filter(([name]) => name !== "a POST's address");

describe.each(withText)("where only trusted documents are executed, at %s", (_name, door) => {
  it("a text is executed that is a trusted document's, and no other, though it be wrong", async () => {
    expect(await ask(enforcing, door, { query: VIEWER })).toMatchObject({ data: { viewer: {} } });
    for (const query of [
      OTHER,
      `${VIEWER} `,
      "{ __typename }",
      "query {",
      "{ nonsense }",
      "{ __schema { types { name } } }",
    ]) {
      const answer = await ask(enforcing, door, { query });
      expect(code(answer)).toEqual(["DOCUMENT_NOT_TRUSTED"]);
      expect(answer.errors?.[0]?.message).toContain("Send `documentId`");
      expect([403, undefined]).toContain(answer.status);
    }
  });

  it("who asks for nothing is told what to send", async () => {
    const answer = await ask(enforcing, door, { query: "" });
    expect(code(answer)).toEqual(["BAD_REQUEST"]);
    expect(answer.errors?.[0]?.message).toMatch(/documentId/);
  });
});

describe("where only trusted documents are executed", () => {
  it.each([
    ["a list of operations", [{ query: OTHER }]],
    [
      "a text that Apollo shall remember",
      { query: OTHER, extensions: { persistedQuery: { version: 1, sha256Hash: idOf(OTHER).slice(7) } } },
    ],
    [
      "a hash that Apollo shall remember",
      { extensions: { persistedQuery: { version: 1, sha256Hash: idOf(OTHER).slice(7) } } },
    ],
    ["an id that is no text", { documentId: [idOf(VIEWER)] }],
    [
      "two texts in one address",
      undefined,
      `query=${encodeURIComponent(VIEWER)}&query=${encodeURIComponent(OTHER)}`,
    ],
    [
      "an id in the body and another in the address",
      { documentId: idOf(VIEWER) },
      `documentId=${idOf(NAMES)}`,
    ],
  ])("%s gets nothing executed", async (_what, body, search = "") => {
    const { url = "" } = enforcing ?? {};
    const method = body ? "POST" : "GET";
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const answer = await send(`${url}/graphql?${search}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors).toHaveLength(1);
  });

  it.each([
    ["a parameter twice", `documentId=${idOf(VIEWER)}&query=&query=${encodeURIComponent(OTHER)}`],
    ["a parameter twice, encoded differently", `documentId=${idOf(VIEWER)}&document%49d=${idOf(VIEWER)}`],
    ["a % that encodes nothing", `documentId=${idOf(VIEWER)}&query=%E0%A4%A`],
  ])("an address with %s is refused", async (_what, search) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const { status, body } = await send(`${enforcing?.url}/graphql?${search}`, { headers });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
  });

  it("an address with a raw # is refused: what stands behind it is no part of the address to others", async () => {
    const both = `${VIEWER.replaceAll(/\s+/g, "%20")}#%0A${OTHER.replaceAll(/\s+/g, "%20")}`;
    const answer = await rawRequest(enforcing?.url ?? "", [
      `GET /graphql?query=${both} HTTP/1.1`,
      "content-type: application/json",
      `authorization: Bearer ${token}`,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"BAD_REQUEST"');
  });

  it("a mutation is not done by GET", async () => {
    const answer = await ask(enforcing, endpointsUnderTest["a GET"], { documentId: idOf(INVITE) });
    expect(answer.status).toBe(405);
  });

  it("live events are heard by ids alone", async () => {
    const socket = await openSocket(enforcing, await enforcing?.token("direct-agent"));
    socket.send({ type: "subscribe", id: "live", payload: { documentId: idOf(HEARD) } });
    // It hears what happens after it has begun, which takes it a moment.
    while (enforcing?.running.live.listenerCount === 0) await pause(10);
    socket.send({ type: "subscribe", id: "act", payload: { documentId: idOf(INVITE), query: "" } });
    await socket.heard(({ id, type }) => id === "act" && type === "complete");
    const event = await socket.heard(({ id }) => id === "live");
    expect(event.payload).toMatchObject({ data: { events: { type: "INVITATION_SENT" } } });
    socket.socket.close();
  });

  it("strangers pay for being refused, as for everything else", async () => {
    const body = JSON.stringify({ query: OTHER });
    const headers = { "content-type": "application/json" };
    const { headers: told } = await send(`${enforcing?.url}/graphql`, { method: "POST", headers, body });
    const { headers: then } = await send(`${enforcing?.url}/graphql`, { method: "POST", headers, body });
    expect(Number(told.get("ratelimit-remaining")) - Number(then.get("ratelimit-remaining"))).toBe(1);
  });
});

it("Apollo remembers no text for strangers, and says so in the words that its clients understand", async () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: idOf(OTHER).slice("sha256:".length) } };
  for (const query of [undefined, OTHER]) {
    const { body } = await post(without, { query, extensions }, { authorization: `Bearer ${token}` });
    expect(body.errors).toMatchObject([{ message: "PersistedQueryNotSupported" }]);
  }
});

describe("the log", () => {
  it("tells once of each document that is not trusted, with its id and name and nothing of its values", async () => {
    const [first = "", second = ""] = ["query Canary { viewer { kind email } }", "{ viewer { email kind } }"];
    const before = toldOf(logging).length;
    for (const door of Object.values(endpointsUnderTest)) {
      for (const query of [first, second, VIEWER]) {
        const documentId = door === endpointsUnderTest["a POST's address"] ? idOf(query) : undefined;
        expect(await ask(logging, door, { query, documentId })).toMatchObject({ data: { viewer: {} } });
      }
    }
    expect(toldOf(logging).slice(before)).toMatchObject([
      { level: 40, documentId: idOf(first), operation: "Canary" },
      { level: 40, documentId: idOf(second) },
    ]);
  });

  it("tells once of each id that is not known, and of none that has not the shape of one", async () => {
    const [id, odd] = [idOf("query Forgotten { viewer { id } }"), "x-canary:who@odd.example"];
    for (const documentId of [id, id, odd])
      expect(code(await ask(logging, endpointsUnderTest["a socket"], { documentId }))).toEqual([
        "DOCUMENT_UNKNOWN",
      ]);
    const told = (logging?.log ?? []).filter((line) => line.includes("a document is unknown"));
    expect(told.filter((line) => line.includes(id))).toHaveLength(1);
    expect(logging?.log.join("")).not.toContain("canary");
  });

  it("tells of documents that were refused too, and says at the start how many are trusted", async () => {
    const refused = "query Refused { viewer { tenantId } }";
    await ask(enforcing, endpointsUnderTest["a POST's body"], { query: refused });
    expect(toldOf(enforcing)).toContainEqual(
      expect.objectContaining({ documentId: idOf(refused), operation: "Refused" }),
    );
    expect(enforcing?.log.find((line) => line.includes('"mode":"enforce","documents":6'))).toBeDefined();
    expect(toldOf(without)).toEqual([]);
  });
});

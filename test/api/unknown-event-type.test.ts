import { openSocket } from "../live/socket";
import { startTestServer, type TestServer } from "../support/test-server";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const VARIABLE = "($types: [EventType!]) { events(types: $types) { __typename } }";
const UNKNOWN = { code: "EVENT_TYPE_UNKNOWN", kind: "INVALID" };

describe("an event type that does not exist", () => {
  it.each([
    ["a literal", "query { events(types: [CUSTOMER_EXPLODED]) { __typename } }", {}],
    ["a text", 'query { events(types: ["CUSTOMER_ADDED"]) { __typename } }', {}],
    ["a variable", `query ${VARIABLE}`, { types: ["CUSTOMER_EXPLODED"] }],
    ["the dotted name", `query ${VARIABLE}`, { types: ["customer.added"] }],
    [
      "a webhook's filter",
      'mutation { createWebhookEndpoint(input: { url: "https://a.example", eventTypes: [BOOM] }) { endpoint { id } } }',
      {},
    ],
  ])("has a code of its own in a query or mutation, as %s", async (_how, document, variables) => {
    const { errors } = await (await server.as("direct-agent")).ask(document, variables);
    expect(errors).toMatchObject([{ extensions: UNKNOWN }]);
    expect(errors?.[0]?.message).toMatch(/EventType.*docs\/events\.md/s);
    expect(errors?.[0]?.message).not.toMatch(/EXPLODED|BOOM|customer\.added/);
  });

  it("has it over WebSocket, too; other mistakes do not", async () => {
    const socket = await openSocket(server, await server.token("direct-agent"));
    socket.subscribe("1", `subscription ${VARIABLE}`, { types: ["NOPE"] });
    socket.subscribe("2", "subscription { events(types: [NOPE]) { id } }");
    socket.subscribe("3", "subscription { events(kinds: [NOPE]) { id } }");
    const codeOf = async (id: string) => {
      const { payload } = await socket.heard((message) => message.id === id);
      const [error] = (Array.isArray(payload) ? payload : (payload?.errors ?? [])) as {
        extensions: { code: string };
      }[];
      return error?.extensions.code;
    };
    expect([await codeOf("1"), await codeOf("2"), await codeOf("3")]).toEqual([
      "EVENT_TYPE_UNKNOWN",
      "EVENT_TYPE_UNKNOWN",
      "BAD_REQUEST",
    ]);
    socket.socket.terminate();
  });
});

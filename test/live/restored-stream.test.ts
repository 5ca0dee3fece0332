import { runHere } from "../commands/admin-in-process";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";
import { anOffice, type Office } from "./nodes";
import { type Message, openSocket } from "./socket";
import { commitEvents, listenersLeft } from "./scenario";
import { openStream } from "./stream";

let database: TestDatabase;
let server: TestServer;
let office: Office;
beforeAll(async () => {
  database = await makeTestDatabase({ migrated: true });
  server = await startTestServer({}, database);
  office = await anOffice(server);
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});
const EVENTS = "subscription ($after: String) { events(after: $after) { position cursor } }";
const isResult = ({ type }: Message) => type === "next" || type === "error";
const CODE = "EVENTS_CURSOR_FROM_BEFORE_RESTORE";

interface Refusal {
  code: string;
  details: { newestCursor: string; oldestCursor: string };
}

const errorIn = ({ payload }: Message) =>
  (Array.isArray(payload) ? payload : (payload?.errors ?? []))[0]?.extensions as Refusal | undefined;

describe("`partnergraph restored` beside a running server", () => {
  it("ends listeners by WebSocket and SSE with the way on, and refuses their cursors at every endpoint", async () => {
    const { token } = await office.agent();
    await commitEvents(server, office.partner.id, 2);
    const { data } = await server.withToken(token).ask("{ events { nodes { cursor } } }");
    const after = data.events.nodes[0].cursor as string;
    const socket = await openSocket(server, token);
    socket.subscribe("1", EVENTS);
    const stream = await openStream(server, { token, query: EVENTS });
    await listenersLeft(server, 2);

    const { code, stdout } = await runHere(["restored"], { ...database.environment, LOG_LEVEL: "silent" });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^The event streams of \d+ organ/),
    });

    const ended = await socket.heard(isResult);
    expect(errorIn(ended)?.code).toBe(CODE);
    const [event] = await stream.heard(1);
    expect(event?.data?.errors?.[0]?.extensions).toMatchObject({ code: CODE });
    expect(await stream.over).toBe("ended");

    socket.subscribe("2", EVENTS, { after });
    const again = await socket.heard((message) => isResult(message) && message.id === "2");
    expect(errorIn(again)?.code).toBe(CODE);
    const resumed = await openStream(server, { token, query: EVENTS, headers: { "last-event-id": after } });
    expect((await resumed.heard(1))[0]?.data?.errors?.[0]?.extensions.code).toBe(CODE);
    const listed = await server
      .withToken(token)
      .ask("query ($after: String) { events(after: $after) { nodes { id } } }", { after });
    expect(listed.errors?.[0]?.extensions.code).toBe(CODE);

    socket.subscribe("3", EVENTS, { after: errorIn(ended)?.details.newestCursor });
    await listenersLeft(server, 1);
    await commitEvents(server, office.partner.id, 1);
    const heard = await socket.heard((message) => isResult(message) && message.id === "3");
    expect(heard.payload?.data.events.position).toBe(data.events.nodes.length + 1);
    socket.socket.terminate();
    await listenersLeft(server);
  });
});

import { createClient } from "graphql-sse";
import { PATIENCE_MS } from "../support/patience";
import { startTestServer, type TestServer } from "../support/test-server";
import { anOffice, type Office } from "./nodes";
import { openSocket } from "./socket";
import { commitEvents, HEAD, listenersLeft } from "./scenario";
import { openStream, type RawStream } from "./stream";

let server: TestServer;
let office: Office;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  office = await anOffice(server);
  ({ token } = await office.agent());
});
afterAll(() => server.stop());
afterEach(async () => void (await listenersLeft(server)));
const EVENTS = `subscription ($after: String) { events(after: $after) { ${HEAD} } }`;
/** Of a kind that does not happen here. */
const OTHERS = `subscription { events(types: [INVITATION_DECLINED]) { ${HEAD} } }`;

interface Beat {
  id: string;
  position: number;
  cursor: string;
}

const idsIn = (stream: RawStream) => [...stream.text().matchAll(/^id: (\S+)$/gm)].map(([, id]) => id);
const positionsIn = (stream: RawStream) =>
  stream.events.map(({ data }) => data?.data?.events.position as number);

describe("a heartbeat", () => {
  it("tells a listener every twelve seconds how far it has come, past what its filter left out; its cursor is good at every door", async () => {
    const [socket, stream] = [
      await openSocket(server, token),
      await openStream(server, { token, query: OTHERS }),
    ];
    socket.subscribe("all", EVENTS);
    socket.subscribe("others", OTHERS);
    expect(await listenersLeft(server, 3)).toBe(3);
    await commitEvents(server, office.partner.id, 3);
    const ping = await socket.heard(({ type }) => type === "ping", 14_000);
    const { heartbeat } = ping.payload as unknown as { heartbeat: Beat[] };
    const [all, others] = ["all", "others"].map((id) => heartbeat.find((beat) => beat.id === id));
    expect(others?.position).toBe(all?.position);
    const heard = socket.messages.filter(({ type, id }) => type === "next" && id === "all");
    expect(heard[heard.length - 1]?.payload?.data.events).toMatchObject({
      position: all?.position,
      cursor: all?.cursor,
    });

    for (let waited = 0; idsIn(stream).length === 0 && waited < 14_000; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stream.text()).toContain(`id: ${others?.cursor}\n: position ${others?.position}\n\n`);
    expect(stream.events).toEqual([]);

    await commitEvents(server, office.partner.id, 1);
    const after = others?.cursor;
    const page = await server
      .withToken(token)
      .ask("query ($after: String) { events(after: $after) { nodes { position } } }", { after });
    expect(page.data.events.nodes).toEqual([{ position: (others?.position ?? 0) + 1 }]);
    socket.socket.terminate();
    stream.hangUp();
  });

  it("is the last word of a server that stops, so that listeners go on elsewhere from there", async () => {
    const stopping = await startTestServer();
    const own = await anOffice(stopping);
    const agent = await own.agent();
    const [socket, stream] = [
      await openSocket(stopping, agent.token),
      await openStream(stopping, { token: agent.token, query: OTHERS }),
    ];
    socket.subscribe("1", OTHERS);
    const witness = await openStream(stopping, { token: agent.token, query: EVENTS });
    await listenersLeft(stopping, 3);
    await commitEvents(stopping, own.partner.id, 5);
    await witness.heard(5);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stopping.stop();
    const { heartbeat } = (await socket.heard(({ type }) => type === "ping")).payload as unknown as {
      heartbeat: Beat[];
    };
    expect(heartbeat).toEqual([
      { id: "1", position: expect.any(Number) as number, cursor: idsIn(stream).pop() },
    ]);
    expect(heartbeat[0]?.position).toBeGreaterThanOrEqual(5);
  });
});

describe("a stream's ids", () => {
  it("are its events' cursors, and `Last-Event-ID` goes on after one, whatever the document says", async () => {
    const first = await openStream(server, { token, query: EVENTS });
    await listenersLeft(server, 1);
    await commitEvents(server, office.partner.id, 4);
    const events = await first.heard(4);
    const cursors = events.map(({ data }) => data?.data.events.cursor as string);
    expect(idsIn(first).slice(0, 4)).toEqual(cursors);
    first.hangUp();

    const headers = { "last-event-id": cursors[1] ?? "" };
    for (const variables of [{}, { after: cursors[0] }]) {
      const resumed = await openStream(server, { token, query: EVENTS, variables, headers });
      await resumed.heard(2);
      expect(positionsIn(resumed)).toEqual(positionsIn(first).slice(2));
      resumed.hangUp();
    }
    const fresh = await openStream(server, {
      token,
      query: EVENTS,
      variables: { after: cursors[2] },
      headers: { "last-event-id": "" },
    });
    await fresh.heard(1);
    expect(positionsIn(fresh)).toEqual(positionsIn(first).slice(3));
    fresh.hangUp();
  });

  it("that are none are refused with the code of a cursor", async () => {
    const refused = await openStream(server, {
      token,
      query: EVENTS,
      headers: { "last-event-id": "nonsense" },
    });
    const [event] = await refused.heard(1);
    expect(event?.data?.errors?.[0]?.extensions).toMatchObject({
      code: "EVENTS_CURSOR_INVALID",
      field: "after",
    });
    await refused.over;
  });

  it("and heartbeats do not disturb the protocol's own client", async () => {
    const client = createClient({
      url: `${server.url}/graphql/stream`,
      headers: { authorization: `Bearer ${token}` },
    });
    const heard: unknown[] = [];
    const stop = client.subscribe(
      { query: EVENTS },
      { next: ({ data }) => heard.push(data), error: () => undefined, complete: () => undefined },
    );
    await listenersLeft(server, 1);
    await new Promise((resolve) => setTimeout(resolve, 12_500)); // One heartbeat.
    await commitEvents(server, office.partner.id, 1);
    for (let waited = 0; heard.length === 0 && waited < PATIENCE_MS; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toHaveLength(1);
    stop();
    client.dispose();
  });
});

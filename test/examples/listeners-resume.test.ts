import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitEvents, inviteAndAccept, organizationOf } from "../live/scenario";
import { startTestServer, type TestServer } from "../support/test-server";
import { until } from "../webhooks/webhook-test-context";
import { endAll, type Program, start } from "./program";

let server: TestServer;
let folder: string;
let organizationId: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "partnergraph-resume-"));
  organizationId = await organizationOf(server, "direct-agent");
});
afterEach(endAll);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
async function listen(example: string, variables: Record<string, string> = {}): Promise<Program> {
  const TOKEN = await server.token("direct-agent");
  return start(example, { BASE_URL: server.url, TOKEN, ...variables });
}

const positions = ({ events }: Program) => events.map(({ position }) => position);
const row = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);

/** The position of the cursor in a file; 0 while there is none. */
async function positionIn(file: string): Promise<number> {
  const cursor = await readFile(file, "utf8").catch(() => "");
  return Number(Buffer.from(cursor, "base64url").toString().split(":")[1] ?? 0);
}

describe("a listener with bash and curl", () => {
  it("that is killed goes on after the last event that it handled", async () => {
    const CURSOR_FILE = join(folder, "killed");
    const before = await listen("sse.sh", { CURSOR_FILE });
    await before.tells("listening");
    await commitEvents(server, organizationId, 3);
    await before.prints(3);
    const last = positions(before).at(-1) ?? 0;
    await until(async () => (await positionIn(CURSOR_FILE)) === last);
    before.kill("SIGKILL");
    await before.end;

    await commitEvents(server, organizationId, 300);
    const after = await listen("sse.sh", { CURSOR_FILE });
    await after.prints(300);
    await commitEvents(server, organizationId, 1);
    await after.prints(301);
    expect(positions(after)).toEqual(row(last + 1, 301));
  });

  it("and one over WebSocket go on from each other's cursor", async () => {
    const CURSOR_FILE = join(folder, "shared");
    const first = await listen("websocket.mjs", { CURSOR_FILE, COUNT: "1" });
    await first.tells("listening");
    await commitEvents(server, organizationId, 4);
    expect(await first.end).toBe(0);
    const second = await listen("sse.sh", { CURSOR_FILE });
    await second.prints(3);
    expect(positions(second)).toEqual(row((positions(first)[0] ?? 0) + 1, 3));
    await until(async () => (await positionIn(CURSOR_FILE)) === positions(second).at(-1));
    second.kill("SIGKILL");
    await second.end;
    await commitEvents(server, organizationId, 1);
    const third = await listen("websocket.mjs", { CURSOR_FILE, COUNT: "1" });
    expect(await third.end).toBe(0);
    expect(positions(third)).toEqual([(positions(second).at(-1) ?? 0) + 1]);
  });

  it("with a forged cursor ends at once and says why", async () => {
    const CURSOR_FILE = join(folder, "forged");
    await writeFile(CURSOR_FILE, "forged\n");
    const listener = await listen("sse.sh", { CURSOR_FILE });
    expect(await listener.end).toBe(1);
    expect(listener.told()).toMatch(/refused: .*EVENTS_CURSOR_INVALID/);
  });
});

describe.each(["websocket.mjs", "sse.sh"])("a listener, %s", (example) => {
  it("moves its cursor on past events that it did not ask for", async () => {
    const CURSOR_FILE = join(folder, `heartbeat-${example}`);
    const listener = await listen(example, { CURSOR_FILE, TYPES: "RELATIONSHIP_REMOVED" });
    await listener.tells("listening");
    const before = await positionIn(CURSOR_FILE);
    await commitEvents(server, organizationId, 2);
    await until(async () => (await positionIn(CURSOR_FILE)) === before + 2, 30_000);
    expect(listener.events).toEqual([]);
  });

  it("hears of its customer only", async () => {
    const answer = await (await server.as("direct-agent")).ask("{ customers(first: 1) { nodes { id } } }");
    const others = answer.data.customers.nodes[0].id as string;
    const all = await listen(example, { TYPES: "INVITATION_ACCEPTED" });
    const none = await listen(example, { CUSTOMER: others });
    await Promise.all([all.tells("listening"), none.tells("listening")]);
    const { relationshipIds } = await inviteAndAccept(server);
    const [accepted] = await all.prints(1);
    const one = await listen(example, { CUSTOMER: accepted?.customerId as string });
    await one.tells("listening");
    const agent = await server.as("direct-agent");
    await agent.ask(
      "mutation ($id: ID!) { removeRelationship(input: { relationshipId: $id }) { userErrors { code } } }",
      { id: relationshipIds[0] },
    );
    expect((await one.prints(1))[0]).toMatchObject({ type: "RELATIONSHIP_REMOVED" });
    expect(none.events).toEqual([]);
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renewTimelines } from "../../src/events/stream-timeline";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import { commitEvents, organizationOf } from "../live/scenario";
import { startTestServer, type TestServer } from "../support/test-server";
import { endAll, type Program, start } from "./program";

let server: TestServer;
let folder: string;
let organizationId: string;
beforeAll(async () => {
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "partnergraph-sse-"));
  organizationId = await organizationOf(server, "direct-agent");
});
afterEach(endAll);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
async function listen(person: string, variables: Record<string, string> = {}): Promise<Program> {
  const TOKEN = await server.token(person);
  return start("sse.sh", { BASE_URL: server.url, TOKEN, ...variables });
}

describe("a listener with bash and curl", () => {
  it("prints each event as a line of JSON, in order", async () => {
    const listener = await listen("direct-agent", { TYPES: "CUSTOMER_UPDATED,CUSTOMER_ADDED" });
    await listener.tells("listening");
    await commitEvents(server, organizationId, 3);
    const events = await listener.prints(3);
    const { position = 0 } = events[0] ?? {};
    expect(events).toMatchObject(
      [0, 1, 2].map((n) => ({
        type: "CUSTOMER_UPDATED",
        position: position + n,
        companyName: `Company ${n}`,
      })),
    );
    expect(Object.keys(events[0] ?? {})).toContain("customerId");
  });

  it("hears nothing of other types", async () => {
    const other = await listen("direct-agent", { TYPES: "RELATIONSHIP_REMOVED" });
    const both = await listen("direct-agent");
    await Promise.all([other.tells("listening"), both.tells("listening")]);
    await commitEvents(server, organizationId, 1);
    await both.prints(1);
    expect(other.events).toEqual([]);
  });

  it("whose cursor is from before a restore says so, and after which cursor it can go on", async () => {
    const cursorFile = join(folder, "cursor");
    const before = await listen("direct-agent", { CURSOR_FILE: cursorFile });
    await before.tells("listening");
    await commitEvents(server, organizationId, 1);
    await before.prints(1);
    endAll();
    await renewTimelines(makeUseCaseContext(server.running.services, { kind: "SYSTEM" }, "the-test"));
    const after = await listen("direct-agent", { CURSOR_FILE: cursorFile });
    await after.tells("RESTORED");
    await after.tells("write this cursor into CURSOR_FILE");
    expect(await after.end).toBe(1);
  });

  it("gets its token from a command before every connection", async () => {
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "bad");
    const listener = await listen("direct-agent", { TOKEN: "", TOKEN_COMMAND: `cat ${tokenFile}` });
    await listener.tells("trying again");
    await writeFile(tokenFile, await server.token("direct-agent"));
    await listener.tells("listening");
    await commitEvents(server, organizationId, 1);
    await listener.prints(1);
  });

  it.each([
    { why: "a bad token", person: "nobody", variables: {}, reason: /refused: .*UNAUTHENTICATED/ },
    {
      why: "a role that may not",
      person: "direct-sales",
      variables: {},
      reason: /refused: .*FORBIDDEN.*ADMIN_AGENT/,
    },
    {
      why: "a wrong address",
      person: "direct-agent",
      variables: { path: "/x" },
      reason: /refused: .*There is nothing at this address/,
    },
  ] as { why: string; person: string; variables: Record<string, string>; reason: RegExp }[])(
    "with $why ends at once and says why",
    async ({ person, variables: { path, ...variables }, reason }) => {
      const TOKEN = person === "nobody" ? "bad" : await server.token(person);
      const listener = start("sse.sh", { BASE_URL: `${server.url}${path ?? ""}`, TOKEN, ...variables });
      expect(await listener.end).toBe(1);
      expect(listener.told()).toMatch(reason);
      expect(listener.events).toEqual([]);
    },
  );

  it("that is called wrongly says how, and ends with 2", async () => {
    const [nobody, broken] = [
      start("sse.sh", { TOKEN: "" }),
      start("sse.sh", { TOKEN: "any", TYPES: '"] }' }),
    ];
    expect(await Promise.all([nobody.end, broken.end])).toEqual([2, 2]);
    expect(nobody.told()).toContain("a token is needed");
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { commitEvents, organizationOf } from "../live/scenario";
import { startTestServer, type TestServer } from "../support/test-server";
import { type Network, openNetwork } from "./network";
import { endAll, type PrintedEvent, type Program, start } from "./program";

const KEEP_ONCE = join(__dirname, "../../examples/listeners/handlers/keep-once.mjs");
const INVITE =
  "mutation ($email: String!) { inviteCustomer(input: { recipientEmail: $email }) { link userErrors { code } } }";

let server: TestServer;
let network: Network;
let folder: string;
let organizationId: string;
beforeAll(async () => {
  server = await startTestServer();
  network = await openNetwork(Number(new URL(server.url).port));
  folder = await mkdtemp(join(tmpdir(), "partnergraph-listen-"));
  organizationId = await organizationOf(server, "direct-agent");
});
afterEach(endAll);
afterAll(async () => {
  await network.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
async function listen(person: string, variables: Record<string, string> = {}): Promise<Program> {
  const TOKEN = await server.token(person);
  return start("websocket.mjs", { BASE_URL: network.url, TOKEN, ...variables });
}

let invitations = 0;

/** Makes an event in the direct partner's stream; the link's token. */
async function invite(): Promise<string> {
  const agent = await server.as("direct-agent");
  const email = `someone.${++invitations}@bluefernbakery.example`;
  const { data } = await agent.ask(INVITE, { email });
  expect(data.inviteCustomer.userErrors).toEqual([]);
  return data.inviteCustomer.link.split("#")[1];
}

const positions = (events: PrintedEvent[]) => events.map(({ position }) => position);
const row = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);

async function newestPosition(): Promise<number> {
  const { data } = await (await server.as("direct-agent")).ask("{ viewer { newestEventCursor } }");
  return Number(Buffer.from(data.viewer.newestEventCursor, "base64url").toString().split(":")[1]);
}

async function kept(file: string): Promise<PrintedEvent[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as PrintedEvent);
}

describe("a listener over WebSocket", () => {
  it("that loses its connection gets what happened meanwhile, once and in order", async () => {
    const CURSOR_FILE = join(folder, "cut");
    const listener = await listen("direct-agent", { COUNT: "4", CURSOR_FILE });
    await listener.tells("listening");

    network.cut(); // before the first event: there is no cursor of an event yet
    await listener.tells("connection lost");
    await invite();
    network.mend();
    await listener.tells("listening", 2);
    await invite();
    network.cut();
    await invite();
    network.mend();
    await listener.tells("listening", 3);
    await invite();

    expect(await listener.end).toBe(0);
    const first = listener.events[0]?.position ?? 0;
    expect(listener.events.map(({ type }) => type)).toEqual(Array(4).fill("INVITATION_SENT"));
    expect(positions(listener.events)).toEqual(row(first, 4));
    expect(listener.events.map(({ recipientEmail }) => recipientEmail)).toEqual(
      [1, 2, 3, 4].map((n) => `someone.${n}@bluefernbakery.example`),
    );
    expect(await readFile(CURSOR_FILE, "utf8")).toBe(`${listener.events[3]?.cursor}\n`);
  });

  it("that is killed time and again in the midst keeps every event once, and in order", async () => {
    const before = await newestPosition();
    const variables = { CURSOR_FILE: join(folder, "killed"), EVENTS_FILE: join(folder, "kept.jsonl") };
    const HANDLER = join(folder, "slowly.mjs"); // so that it is killed while it handles an event
    await writeFile(
      HANDLER,
      `import { handle as keep } from ${JSON.stringify(KEEP_ONCE)};
       export const handle = (event) => new Promise((done) => setTimeout(() => done(keep(event)), 10));`,
    );
    const total = 300;
    let listener = await listen("direct-agent", { ...variables, HANDLER });
    await listener.tells("listening");
    const committed = commitEvents(server, organizationId, total);
    for (const few of [10, 50, 100, 150, 200]) {
      while ((await kept(variables.EVENTS_FILE)).length < few) await pause(5);
      await pause(20 * Math.random());
      listener.kill("SIGKILL");
      expect(await listener.end).toBeNull();
      listener = await listen("direct-agent", { ...variables, HANDLER });
    }
    await committed;
    for (let tries = 0; (await kept(variables.EVENTS_FILE)).length < total && tries < 400; tries++)
      await pause(50);
    expect(positions(await kept(variables.EVENTS_FILE))).toEqual(row(before + 1, total));
  });

  it("that dies between an event and its cursor gets the event again, and can tell that it had it", async () => {
    const CURSOR_FILE = join(folder, "between");
    const EVENTS_FILE = join(folder, "between.jsonl");
    const before = await listen("direct-agent", { CURSOR_FILE, EVENTS_FILE, HANDLER: KEEP_ONCE, COUNT: "2" });
    await before.tells("listening");
    const cursor = await readFile(CURSOR_FILE, "utf8");
    await commitEvents(server, organizationId, 2);
    expect(await before.end).toBe(0);
    const had = await kept(EVENTS_FILE);

    await writeFile(CURSOR_FILE, cursor);
    await writeFile(EVENTS_FILE, '{"half a line', { flag: "a" });
    await commitEvents(server, organizationId, 1);
    const printing = await listen("direct-agent", { CURSOR_FILE, COUNT: "2" });
    expect(await printing.end).toBe(0);
    expect(positions(printing.events)).toEqual(positions(had));
    await writeFile(CURSOR_FILE, cursor);
    const keeping = await listen("direct-agent", {
      CURSOR_FILE,
      EVENTS_FILE,
      HANDLER: KEEP_ONCE,
      COUNT: "3",
    });
    expect(await keeping.end).toBe(0);
    expect(positions(await kept(EVENTS_FILE))).toEqual(row(had[0]?.position ?? 0, 3));
  });

  it("whose handler throws ends, and begins with the same event the next time", async () => {
    const CURSOR_FILE = join(folder, "thrown");
    const HANDLER = join(folder, "throws.mjs");
    await writeFile(HANDLER, 'export const handle = async () => { throw new Error("no disk") };');
    const failing = await listen("direct-agent", { CURSOR_FILE, HANDLER });
    await failing.tells("listening");
    await commitEvents(server, organizationId, 3);
    expect(await failing.end).toBe(1);
    expect(failing.told()).toMatch(/refused: the handler failed at position \d+: Error: no disk/);
    const mended = await listen("direct-agent", { CURSOR_FILE, COUNT: "3" });
    expect(await mended.end).toBe(0);
    expect(positions(mended.events)).toEqual(row((await newestPosition()) - 2, 3));
  });

  it("whose handler is slow loses nothing of a long stream", async () => {
    const HANDLER = join(folder, "slow.mjs");
    await writeFile(
      HANDLER,
      `export async function handle({ id, position }) {
         await new Promise((resolve) => setTimeout(resolve, 2));
         process.stdout.write(JSON.stringify({ id, position }) + "\\n");
       }`,
    );
    const before = await newestPosition();
    const slow = await listen("direct-agent", { HANDLER, COUNT: "1500" });
    await slow.tells("listening");
    await commitEvents(server, organizationId, 1_500);
    expect(await slow.end).toBe(0);
    expect(positions(slow.events)).toEqual(row(before + 1, 1_500));
  });

  it("of a stream that is still empty gets the first events of its type, though they came while it was away", async () => {
    const listener = await listen("customer-admin-1", { COUNT: "1", TYPES: "INVITATION_ACCEPTED" });
    await listener.tells("listening");
    network.cut();
    await listener.tells("connection lost");
    const customer = await server.as("customer-admin-1");
    const { data } = await customer.ask(
      "mutation ($token: String!) { acceptInvitation(input: { token: $token }) { userErrors { code } } }",
      { token: await invite() },
    );
    expect(data.acceptInvitation.userErrors).toEqual([]);
    network.mend();

    expect(await listener.end).toBe(0);
    expect(listener.events).toMatchObject([
      { type: "INVITATION_ACCEPTED", companyName: "Blue Fern Bakery", domain: "bluefernbakery.example" },
    ]);
  });

  it("whose token expires goes on with a fresh one, where it can get one", async () => {
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, await server.token("direct-agent", 3));
    const renewing = await listen("direct-agent", { TOKEN: "", TOKEN_COMMAND: `cat ${tokenFile}` });
    const other = await listen("direct-agent", { TOKEN: await server.token("direct-agent", 3) });
    await Promise.all([renewing.tells("listening"), other.tells("listening")]);
    await writeFile(tokenFile, await server.token("direct-agent"));
    expect(await other.end).toBe(1);
    expect(other.told()).toMatch(/refused: 4403 /);
    await renewing.tells("connection lost (4403 ");
    await commitEvents(server, organizationId, 1);
    await renewing.prints(1);
    expect(renewing.told()).not.toContain("refused");
  });

  it.each([
    { why: "a bad token", person: "nobody", variables: {}, reason: /refused: 4403 / },
    {
      why: "a role that may not",
      person: "direct-sales",
      variables: {},
      reason: /refused: FORBIDDEN: .*ADMIN_AGENT/,
    },
    {
      why: "a forged cursor",
      person: "direct-agent",
      variables: { AFTER: "forged" },
      reason: /refused: EVENTS_CURSOR_INVALID: /,
    },
    {
      why: "an address without a WebSocket",
      person: "direct-agent",
      variables: { path: "/elsewhere" },
      reason: /refused: .*Unexpected server response: 400/,
    },
  ] as { why: string; person: string; variables: Record<string, string>; reason: RegExp }[])(
    "with $why ends at once and says why",
    async ({ person, variables: { path, ...variables }, reason }) => {
      const TOKEN = person === "nobody" ? "bad" : await server.token(person);
      const BASE_URL = `${network.url}${path ?? ""}`;
      const listener = start("websocket.mjs", { BASE_URL, TOKEN, ...variables });
      expect(await listener.end).toBe(1);
      expect(listener.told()).toMatch(reason);
      expect(listener.told()).not.toContain("trying again");
      expect(listener.events).toEqual([]);
    },
  );

  it("that is called wrongly says how, and ends with 2", async () => {
    const wrong = start("websocket.mjs", { TOKEN: "any" }, "--cursor", "x");
    const nobody = start("websocket.mjs", { TOKEN: "" });
    expect(await Promise.all([wrong.end, nobody.end])).toEqual([2, 2]);
    expect(wrong.told()).toMatch(/--cursor[^]*Usage: /);
    expect(nobody.told()).toContain("a token is needed");
  });
});

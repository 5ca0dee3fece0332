import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { startTestServer, type TestServer } from "../support/test-server";

const LISTEN = join(__dirname, "../../examples/listen.mjs");
const INVITE =
  "mutation ($email: String!) { inviteCustomer(input: { recipientEmail: $email }) { link userErrors { code } } }";

let server: TestServer;
let network: Network;
let folder: string;
const listeners: ChildProcess[] = [];

beforeAll(async () => {
  server = await startTestServer();
  network = await openNetwork(Number(new URL(server.url).port));
  folder = await mkdtemp(join(tmpdir(), "partnergraph-listen-"));
});

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.kill("SIGKILL");
});

afterAll(async () => {
  await network.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A way to the server that can be cut. */
interface Network {
  port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

async function openNetwork(port: number): Promise<Network> {
  const wires = new Set<Socket>();
  let isCut = false;
  const proxy: Server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    for (const [wire, other] of [
      [near, far],
      [far, near],
    ] as const) {
      wires.add(wire);
      wire.on("error", () => other.destroy());
      wire.on("close", () => {
        wires.delete(wire);
        other.destroy();
      });
      wire.pipe(other);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    isCut = true;
    for (const wire of wires) wire.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    cut,
    mend: () => (isCut = false),
    close: async () => {
      cut();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** The example, running. */
interface Running {
  /** The events that it printed. */
  events: { id: string; type: string; position: number; [fact: string]: unknown }[];
  /** What it told besides. */
  told: () => string;
  /** The code that it ended with. */
  end: Promise<number | null>;
  /** Resolves when it told this so many times. */
  tells(text: string, times?: number): Promise<void>;
}

async function startListener(token: string, ...options: string[]): Promise<Running> {
  const url = `ws://127.0.0.1:${network.port}/graphql`;
  const example = spawn(process.execPath, [LISTEN, "--url", url, ...options], {
    env: { ...process.env, TOKEN: token },
    stdio: ["ignore", "pipe", "pipe"],
  });
  listeners.push(example);
  const events: Running["events"] = [];
  let rest = "";
  example.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line));
  });
  let told = "";
  example.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  const end = new Promise<number | null>((resolve) => example.once("close", resolve));
  const tells = async (text: string, times = 1) => {
    for (let tries = 0; told.split(text).length <= times; tries++) {
      if (tries > 200) throw new Error(`The listener did not say "${text}" ${times} times:\n${told}`);
      await pause(50);
    }
  };
  return { events, told: () => told, end, tells };
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

test("a listener that loses its connection gets what happened meanwhile, once and in order", async () => {
  const cursorFile = join(folder, "cut");
  const listener = await startListener(
    await server.token("direct-agent"),
    "--count",
    "4",
    "--cursor-file",
    cursorFile,
  );
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
  expect(listener.events.map(({ position }) => position)).toEqual([first, first + 1, first + 2, first + 3]);
  expect(listener.events.map(({ recipientEmail }) => recipientEmail)).toEqual(
    [1, 2, 3, 4].map((n) => `someone.${n}@bluefernbakery.example`),
  );
  expect(await readFile(cursorFile, "utf8")).toBe(`${String(listener.events[3]?.cursor)}\n`);
});

test("a listener with a cursor file goes on where the one before it ended", async () => {
  const token = await server.token("direct-agent");
  const options = ["--count", "1", "--cursor-file", join(folder, "resumed"), "events"];
  const before = await startListener(token, ...options);
  await before.tells("listening");
  await invite();
  expect(await before.end).toBe(0);

  await invite();
  await invite();
  const after = await startListener(token, ...options);
  expect(await after.end).toBe(0);
  expect(after.events.map(({ position }) => position)).toEqual([(before.events[0]?.position ?? 0) + 1]);
});

test("a listener of a stream that is still empty gets the first events, though they came while it was away", async () => {
  const listener = await startListener(
    await server.token("customer-admin-1"),
    "--count",
    "1",
    "invitationAccepted",
  );
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

interface Refusal {
  why: string;
  person: string;
  options: string[];
  reason: RegExp;
}

test.each<Refusal>([
  { why: "a bad token", person: "nobody", options: [], reason: /refused: 4403 / },
  {
    why: "a role that may not",
    person: "direct-sales",
    options: [],
    reason: /refused: FORBIDDEN: .*ADMIN_AGENT/,
  },
  {
    why: "a forged cursor",
    person: "direct-agent",
    options: ["--after", "forged"],
    reason: /refused: EVENTS_CURSOR_INVALID: /,
  },
])("with $why the listener ends at once and says why", async ({ person, options, reason }) => {
  const listener = await startListener(person === "nobody" ? "bad" : await server.token(person), ...options);
  expect(await listener.end).toBe(1);
  expect(listener.told()).toMatch(reason);
  expect(listener.told()).not.toContain("trying again");
  expect(listener.events).toEqual([]);
});

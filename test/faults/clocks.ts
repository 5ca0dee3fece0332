import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { importPKCS8, SignJWT } from "jose";
import type { Answer } from "../support/test-server";
import { openSocket, type RawSocket } from "../live/socket";
import { aReceiver } from "../webhooks/receiver";
import { type FaultEnvironment, withFaultEnvironment, type Organization } from "./fault-environment";
import type { ServerNode } from "./server-node";

/** How much of it. */
export interface ClocksOptions {
  /** Servers on one database; SQLite has one. */
  nodes: number;
  /** How often the clocks are set. */
  settings: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was tried; all that must hold has held when this is given. */
export interface ClocksReport {
  settings: number;
  invitations: number;
  eventsHeard: number;
  deliveries: number;
  /** The longest that an event took to reach a webhook receiver after a clock was set, in milliseconds. */
  slowestDeliveryMs: number;
  seconds: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** By how much the machine's clock is set off, each after the one before, and again from the start. */
const SHIFTS = [2 * HOUR, -2 * HOUR, 40 * DAY, 0, -2 * HOUR, 0];

/** The time zones of the nodes: each has another summer time, or none. */
const ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"];

/** What differs by less is the same time: a busy machine takes some seconds to answer. */
const TOLERANCE_MS = 20_000;

/** How long the token of a session is good: longer than a busy machine needs to open one. */
const SESSION_SECONDS = 6;

const LIFETIME_DAYS = 30;
const BUDGET_SECONDS = 5;
const LIVE =
  "subscription ($after: String) { events(after: $after, types: [INVITATION_SENT]) { position cursor } }";

/**
 * Sets the clocks of running servers, each another way, and looks whether tokens, deadlines, live sessions, cursors, ids, budgets'
 * windows and webhooks are right. On MariaDB the database's clock counts; on SQLite the machine's does, as it is set.
 */
export function setClocks({ nodes: count, settings, longest }: ClocksOptions): Promise<ClocksReport> {
  return withFaultEnvironment(longest * 1_000, async (faultEnvironment) => {
    const began = performance.now();
    const isSqlite = testDatabase === "sqlite";
    const organization = await faultEnvironment.enrolPartner("Clocks");
    const receiver = await aReceiver();
    faultEnvironment.atTheEnd(() => receiver.close());
    const nodes: ClockedNode[] = [];
    for (let at = 0; at < (isSqlite ? 1 : count); at++)
      nodes.push(await ClockedNode.start(faultEnvironment, at, isSqlite));
    const run = new Run(faultEnvironment, organization, nodes);
    await run.registerWebhook(receiver.url);
    await run.listen();
    const delivered = new Set<string>();
    let failing = false;
    receiver.answer((response, { event }) => {
      if (!failing) delivered.add(event.id);
      response.writeHead(failing ? 500 : 204).end();
      failing = false;
    });
    let slowestDeliveryMs = 0;
    for (let step = 0; step < settings; step++) {
      faultEnvironment.signal.throwIfAborted();
      const shift = SHIFTS[step % SHIFTS.length];
      // Each node another way, so that they differ by up to twice as much.
      for (const [at, node] of nodes.entries()) node.setClock(isSqlite ? shift : shift * [1, -1, 0][at % 3]);
      await pause(100);
      await Promise.all(nodes.map((node) => run.checkNode(node)));
      // It must be tried again by the schedule: after 5 s.
      failing = step === 1;
      const sentAt = performance.now();
      for (const node of nodes) await run.invite(node);
      await run.heardByAll();
      const isThere = () => delivered.size >= run.made.length;
      await until(isThere, 45_000, `the receiver took ${delivered.size} of ${run.made.length} events`);
      slowestDeliveryMs = Math.max(slowestDeliveryMs, Math.round(performance.now() - sentAt));
    }
    await run.checkEnd();
    for (const node of nodes) node.checkLog();
    return {
      settings,
      invitations: run.made.length,
      eventsHeard: run.heardCount,
      deliveries: receiver.got.length,
      slowestDeliveryMs,
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  });
}

/** A server whose machine's clock can be set while it runs. */
class ClockedNode {
  private shiftMs = 0;

  private constructor(
    readonly name: string,
    readonly server: ServerNode,
    private readonly file: string,
    private readonly followsItsClock: boolean,
  ) {}

  static async start(
    faultEnvironment: FaultEnvironment,
    at: number,
    followsItsClock: boolean,
  ): Promise<ClockedNode> {
    const file = join(faultEnvironment.folder, `clock-${at}`);
    // They differ from the first moment on, except where there is one.
    const shiftMs = followsItsClock ? 0 : [2 * HOUR, -2 * HOUR, 0][at % 3];
    writeFileSync(file, String(shiftMs));
    const server = await faultEnvironment.startNode({
      CLOCK_SHIFT_FILE: file,
      NODE_OPTIONS: `--require ${join(__dirname, "../upgrade/shift-clock.cjs")}`,
      TZ: ZONES[at % ZONES.length],
      INVITATION_LIFETIME_DAYS: String(LIFETIME_DAYS),
      LIMIT_BUDGET_SECONDS: String(BUDGET_SECONDS),
      LIMIT_SENT_BUDGET: "1000000000",
      WEBHOOK_DELIVERIES_AT_ONCE: "2",
      WEBHOOKS_ALLOW_INSECURE: "on",
    });
    return new ClockedNode(`node ${at}`, server, file, followsItsClock);
  }

  setClock(shiftMs: number): void {
    this.shiftMs = shiftMs;
    writeFileSync(this.file, String(shiftMs));
  }

  /** The time that must count on it, in milliseconds since 1970. */
  get now(): number {
    return Date.now() + (this.followsItsClock ? this.shiftMs : 0);
  }

  checkLog(): void {
    const bad = this.server.lastWords.split("\n").filter((line) => /"level":(50|60)/.test(line));
    if (bad.length > 0 || !this.server.isUp)
      throw new Error(`${this.name}: ${this.server.lastWords.slice(-2_000)}`);
  }
}

class Run {
  /** The ids of the invitations, in the order in which they were made. */
  readonly made: string[] = [];
  private readonly listeners: { node: ClockedNode; socket: RawSocket }[] = [];
  private firstCursor = "";

  constructor(
    private readonly faultEnvironment: FaultEnvironment,
    private readonly organization: Organization,
    private readonly nodes: ClockedNode[],
  ) {}

  get heardCount(): number {
    return this.listeners.reduce((sum, { socket }) => sum + positionsIn(socket).length, 0);
  }

  async registerWebhook(url: string): Promise<void> {
    const [node] = this.nodes;
    const input = `{ url: "${url}", eventTypes: [INVITATION_SENT] }`;
    const answer = await this.ask(
      node,
      `mutation { createWebhookEndpoint(input: ${input}) { endpoint { id } userErrors { code message } } }`,
    );
    if (!answer.data?.createWebhookEndpoint?.endpoint) throw new Error(JSON.stringify(answer));
  }

  /** Opens a listener at each node, with a token that outlasts every setting. */
  async listen(): Promise<void> {
    for (const node of this.nodes) {
      const socket = await openSocket(node.server, await this.sign(node.now, -60, 100 * 86_400));
      this.faultEnvironment.atTheEnd(() => Promise.resolve(socket.socket.terminate()));
      socket.subscribe("1", LIVE);
      this.listeners.push({ node, socket });
    }
    await pause(500);
  }

  /** Makes an invitation at a node, and repeats that at another one with the same key. */
  async invite(node: ClockedNode): Promise<void> {
    const key = `invitation-${this.made.length}`;
    const mutation = `mutation { inviteCustomer(input: { idempotencyKey: "${key}", recipientEmail: "${key}@customer.example" })
      { invitation { id createdAt expiresAt } userErrors { code message } } }`;
    const answer = await this.ask(node, mutation);
    const invitation = answer.data?.inviteCustomer?.invitation;
    if (!invitation) throw new Error(`${node.name}: ${JSON.stringify(answer)}`);
    this.near(node, "createdAt", Date.parse(invitation.createdAt), node.now);
    this.near(node, "expiresAt", Date.parse(invitation.expiresAt), node.now + LIFETIME_DAYS * DAY);
    const other = this.nodes[(this.nodes.indexOf(node) + 1) % this.nodes.length];
    const repeat = await this.ask(other, mutation);
    if (repeat.data?.inviteCustomer?.invitation?.id !== invitation.id)
      throw new Error(`${other.name} did it again: ${JSON.stringify(repeat)}`);
    this.made.push(invitation.id as string);
  }

  /** Whether a node takes the tokens that are good now and no others, and tells its budget's window as it is. */
  async checkNode(node: ClockedNode): Promise<void> {
    const tokens: [string, string, string | undefined][] = [
      ["good", await this.sign(node.now, -60, 600), undefined],
      ["ended", await this.sign(node.now, -3_600, -120), "TOKEN_EXPIRED"],
      ["of the future", await this.sign(node.now, 600, 3_600), "TOKEN_INVALID"],
      ["not good yet", await this.sign(node.now, -60, 3_600, 600), "TOKEN_INVALID"],
    ];
    for (const [kind, token, code] of tokens) {
      const answer = await this.ask(node, "{ viewer { kind } }", token);
      const found = answer.errors?.[0]?.extensions.code;
      if (found !== code) throw new Error(`${node.name}: a token that is ${kind} got ${found ?? "in"}`);
      const resetSeconds = Number(answer.headers.get("ratelimit-reset"));
      if (!(resetSeconds >= 1 && resetSeconds <= BUDGET_SECONDS))
        throw new Error(`${node.name}: the budget's window ends in ${resetSeconds} s`);
    }
    await this.checkSession(node);
  }

  /** Whether a live session lasts as long as its token, and no longer than that and a sweep. */
  private async checkSession(node: ClockedNode): Promise<void> {
    const began = performance.now();
    const socket = await openSocket(node.server, await this.sign(node.now, -60, SESSION_SECONDS));
    const closed = await Promise.race([socket.closed, pause(30_000, undefined, { ref: false })]);
    const lasted = performance.now() - began;
    socket.socket.terminate();
    if (closed?.code !== 4403)
      throw new Error(`${node.name}: a session outlived its token: ${JSON.stringify(closed)}`);
    // A token's times are whole seconds.
    if (lasted < (SESSION_SECONDS - 1) * 1_000)
      throw new Error(`${node.name}: a session lasted ${lasted} ms`);
  }

  /** Waits until each listener has heard of each invitation once, in order; none was disconnected. */
  async heardByAll(): Promise<void> {
    for (const { node, socket } of this.listeners) {
      await until(
        () => positionsIn(socket).length >= this.made.length,
        20_000,
        `${node.name} told ${positionsIn(socket).length} of ${this.made.length} events`,
      );
      ensureInOrder(node.name, positionsIn(socket), this.made.length);
      this.firstCursor ||= cursorsIn(socket)[0] ?? "";
    }
  }

  /** Whether the first cursor is good at each node, and every id and position is there once. */
  async checkEnd(): Promise<void> {
    if (new Set(this.made).size !== this.made.length) throw new Error("two invitations have one id");
    for (const node of this.nodes) {
      const socket = await openSocket(node.server, await this.sign(node.now, -60, 600));
      socket.subscribe("1", LIVE, { after: this.firstCursor });
      await until(
        () => positionsIn(socket).length >= this.made.length - 1,
        20_000,
        `${node.name} lost a place`,
      );
      ensureInOrder(node.name, positionsIn(socket), this.made.length - 1);
      socket.socket.terminate();
    }
    const rows = await this.faultEnvironment.database.read((reads) =>
      reads.rows<{ id: string; position: number }>(
        "SELECT id AS id, position AS position FROM event WHERE organizationId = ? ORDER BY position",
        [this.organization.id],
      ),
    );
    if (new Set(rows.map(({ id }) => id)).size !== rows.length) throw new Error("two events have one id");
    const gap = rows.findIndex(({ position }, at) => Number(position) !== Number(rows[0]?.position) + at);
    if (gap >= 0) throw new Error(`there is a gap at ${gap}`);
  }

  private near(node: ClockedNode, what: string, found: number, expected: number): void {
    if (Math.abs(found - expected) > TOLERANCE_MS)
      throw new Error(`${node.name}: ${what} is off by ${Math.round((found - expected) / 1_000)} s`);
  }

  /** A token that was issued and ends so many seconds from a time. */
  private async sign(now: number, issued: number, ends: number, begins?: number): Promise<string> {
    const file = readFileSync(join(this.faultEnvironment.folder, "development-issuer.json"), "utf8");
    const key = await importPKCS8((JSON.parse(file) as { privateKey: string }).privateKey, "EdDSA");
    const [, payload = ""] = this.organization.token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
    const at = (seconds: number) => Math.floor(now / 1_000) + seconds;
    const times = { iat: at(issued), exp: at(ends), ...(begins !== undefined && { nbf: at(begins) }) };
    return new SignJWT({ ...claims, ...times }).setProtectedHeader({ alg: "EdDSA", typ: "JWT" }).sign(key);
  }

  private async ask(node: ClockedNode, query: string, token?: string) {
    const authorization = `Bearer ${token ?? (await this.sign(node.now, -60, 600))}`;
    const headers = { "content-type": "application/json", authorization };
    const body = JSON.stringify({ query });
    const answer = await fetch(`${node.server.url}/graphql`, { method: "POST", headers, body });
    const { data, errors } = (await answer.json()) as Answer;
    return { data, errors, headers: answer.headers };
  }
}

function eventsIn({ messages }: RawSocket): { position: number; cursor: string }[] {
  return messages
    .filter(({ type }) => type === "next")
    .map(({ payload }) => payload?.data?.events as { position: number; cursor: string });
}

const positionsIn = (socket: RawSocket) => eventsIn(socket).map(({ position }) => position);
const cursorsIn = (socket: RawSocket) => eventsIn(socket).map(({ cursor }) => cursor);

function ensureInOrder(name: string, positions: number[], count: number): void {
  const isInOrder = positions.every((position, at) => at === 0 || position > positions[at - 1]);
  if (positions.length !== count || !isInOrder) throw new Error(`${name} told ${positions.join()}`);
}

async function until(isSo: () => boolean, withinMs: number, otherwise: string): Promise<void> {
  for (const latest = performance.now() + withinMs; !isSo();) {
    if (performance.now() > latest) throw new Error(otherwise);
    await pause(20);
  }
}

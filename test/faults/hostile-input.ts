import { setTimeout as pause } from "node:timers/promises";
import { openConnection } from "../support/raw-request";
import { withFaultEnvironment, type Organization } from "./fault-environment";
import { hostileReceiver } from "./hostile-receivers";
import { HostileRequests, type RawRequest } from "./hostile-requests";
import { sendFrames, sendMessages } from "./hostile-sockets";
import type { ServerNode } from "./server-node";
import { residentMb } from "./slow-sockets";

/** How much of it. */
export interface HostileInputOptions {
  /** Requests, sockets and answers of receivers in all. */
  inputs: number;
  /** How many are under way at once. */
  atOnce: number;
  /** Repeats the inputs of a run, which printed its seed. */
  seed: number;
  /** What the server may grow by in the second half, in megabytes: its caches are full by then. */
  growthWithin: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was sent, and what came back. */
export interface HostileInputReport {
  seed: number;
  inputs: Record<string, number>;
  /** How often each status, close code or end was seen. */
  answers: Record<string, number>;
  /** Requests that receivers got; each was answered wrongly. */
  deliveries: number;
  warmMb: number;
  largestMb: number;
  endMb: number;
  seconds: number;
}

/** Of 1,000 inputs, how many are of which kind; the rest are operations. */
const SHARES = { body: 120, head: 100, csv: 60, stream: 40, messages: 60, frames: 40, receiver: 5 };
type Kind = keyof typeof SHARES | "operation";

const RECEIVERS = 10;

/** When to hang up on what does not end by itself, in milliseconds: a stream of events, or a request that is not whole. */
const ENDLESS_MS = 400;

/** As long as an answer may take; the server is busy with the others. */
const ANSWER_MS = 30_000;

/**
 * Sends a server input of every wrong kind at all of its endpoints, and has it deliver to receivers that answer wrongly. It must
 * never answer INTERNAL, log an error or write to its standard error, end, or grow without a bound.
 */
export function hostileInput(options: HostileInputOptions): Promise<HostileInputReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const began = performance.now();
    const { inputs, atOnce, seed, growthWithin } = options;
    const node = await faultEnvironment.startNode(ENVIRONMENT);
    const organization = await faultEnvironment.enrolPartner("Hostile Input");
    const receiver = await hostileReceiver(seed);
    faultEnvironment.atTheEnd(() => receiver.close());
    const run = new Run(node, organization, seed);
    await run.register(receiver.url);
    let next = 0;
    const work = async (until: number) => {
      while (next < until) {
        faultEnvironment.signal.throwIfAborted();
        await run.send(next++);
      }
    };
    const sendUntil = (until: number) => Promise.all(Array.from({ length: atOnce }, () => work(until)));
    await sendUntil(Math.ceil(inputs / 2));
    const warmMb = residentMb(node.pid);
    let largestMb = warmMb;
    const watching = setInterval(() => (largestMb = Math.max(largestMb, residentMb(node.pid))), 250);
    faultEnvironment.atTheEnd(() => Promise.resolve(clearInterval(watching)));
    await sendUntil(inputs);
    await run.settle();
    const endMb = residentMb(node.pid);
    const counts = { inputs: run.inputs, answers: run.answers, deliveries: receiver.asked };
    const seconds = Math.round((performance.now() - began) / 1_000);
    const report = { seed, ...counts, warmMb, largestMb, endMb, seconds };
    const problems = [...run.problems, ...problemsOf(node)];
    if (largestMb - warmMb > growthWithin) problems.push(`it grew by more than ${growthWithin} MB`);
    if (problems.length > 0)
      throw new Error(
        `${problems.slice(0, 10).join("\n")}\n${problems.length} problems: ${JSON.stringify(report)}`,
      );
    return report;
  });
}

/** The server's heap in megabytes. It would take more where there is more; one that leaks comes to an end here. */
const HEAP_MB = 256;

const ENVIRONMENT = {
  NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  LOG_LEVEL: "warn",
  EXPLORER: "on",
  WEBHOOK_DELIVERIES_AT_ONCE: "8",
  WEBHOOKS_ALLOW_INSECURE: "on",
  LIMIT_SENT_BUDGET: "1000000000",
  // So that more of the generated operations are executed, and not refused for their size.
  ...{ LIMIT_DEPTH: "30", LIMIT_ALIASES: "500", LIMIT_SAME_FIELD: "100", LIMIT_DIRECTIVES: "500" },
  ...{ LIMIT_COST: "100000", LIMIT_FIELDS: "5000", LIMIT_TOKENS: "4000" },
};

class Run {
  readonly problems: string[] = [];
  readonly inputs: Record<string, number> = {};
  readonly answers: Record<string, number> = {};
  private readonly requests: HostileRequests;
  private readonly endpointIds: string[] = [];

  constructor(
    private readonly node: ServerNode,
    private readonly organization: Organization,
    private readonly seed: number,
  ) {
    this.requests = new HostileRequests(seed, `Bearer ${organization.token}`);
  }

  /** Registers endpoints at a receiver. */
  async register(url: string): Promise<void> {
    for (let at = 0; at < RECEIVERS; at++) {
      const answer = await this.ask(
        `mutation { createWebhookEndpoint(input: { url: "${url}/${at}" }) { endpoint { id } userErrors { code } } }`,
      );
      const { endpoint } = answer.data?.createWebhookEndpoint ?? {};
      if (!endpoint) throw new Error(JSON.stringify(answer));
      this.endpointIds.push(endpoint.id);
    }
  }

  /** Sends the input with this number, and judges what comes back. */
  async send(number: number): Promise<void> {
    const kind = kindOf(number);
    this.inputs[kind] = (this.inputs[kind] ?? 0) + 1;
    try {
      await this.sendOne(kind, number);
    } catch (error) {
      this.problem(kind, number, (error as Error).message);
    }
  }

  /** Waits for what the last inputs began, and sees whether the server still answers as it should. */
  async settle(): Promise<void> {
    await pause(1_000);
    const answer = await this.ask("{ viewer { kind } }");
    if (answer.data?.viewer?.kind !== "PARTNER_USER")
      this.problems.push(`at the end: ${JSON.stringify(answer)}`);
  }

  private async sendOne(kind: Kind, number: number): Promise<void> {
    const { url } = this.node;
    if (kind === "receiver") {
      const endpointId = this.endpointIds[number % RECEIVERS];
      const answer = await this.ask(
        `mutation { sendTestWebhook(input: { endpointId: "${endpointId}" }) { userErrors { code } } }`,
      );
      return this.check(kind, number, JSON.stringify(answer), "asked");
    }
    if (kind === "messages") {
      const { text, code } = await sendMessages(url, this.organization.token, this.seed, number);
      if (code === 1011 || code === 4500 || code === 1006) this.problem(kind, number, `closed with ${code}`);
      return this.check(kind, number, text, String(code));
    }
    if (kind === "frames") {
      const text = await sendFrames(url, this.seed, number);
      return this.check(kind, number, text, statusIn(text));
    }
    const request = this.requests[kind](number);
    const text = await exchange(url, request);
    const status = statusIn(text);
    // What is no whole request need not be answered.
    if (status === "nothing" && !request.isEndless && kind !== "head")
      this.problem(kind, number, "no answer");
    if (/^5/.test(status)) this.problem(kind, number, `answered ${text.slice(0, 400)}`);
    this.check(kind, number, text, status);
  }

  private check(kind: Kind, number: number, text: string, seen: string): void {
    const answer = `${kind} ${seen}`;
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    if (/"code":"INTERNAL"|"kind":"INTERNAL"|INTERNAL_SERVER_ERROR/.test(text))
      this.problem(kind, number, `INTERNAL: ${text.slice(0, 400)}`);
  }

  private problem(kind: Kind, number: number, what: string): void {
    this.problems.push(`${kind} ${number} of seed ${this.seed}: ${what}`);
  }

  private async ask(query: string) {
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${this.organization.token}`,
    };
    const body = JSON.stringify({ query });
    const answer = await fetch(`${this.node.url}/graphql`, { method: "POST", headers, body });
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the document's
    return (await answer.json()) as { data?: any };
  }
}

function kindOf(number: number): Kind {
  // A prime step, so that each part of the run has all kinds.
  let rest = (number * 619) % 1_000;
  for (const [kind, share] of Object.entries(SHARES)) {
    if (rest < share) return kind as Kind;
    rest -= share;
  }
  return "operation";
}

/** Writes a request to a connection of its own, and gives what came until that was closed. */
async function exchange(url: string, request: RawRequest): Promise<string> {
  const socket = await openConnection(url);
  const chunks: Buffer[] = [];
  const timer = setTimeout(() => socket.destroy(), request.isEndless ? ENDLESS_MS : ANSWER_MS);
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  // Not ended: Node gives no answer to a peer that has ended its side.
  socket.write(request.bytes);
  await closed;
  clearTimeout(timer);
  return Buffer.concat(chunks).toString("utf8");
}

function statusIn(text: string): string {
  return /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? "nothing";
}

/** What the server writes when it is up; everything else is a line of its log. */
const GREETING = /^(Partnergraph is up\.| {2}(GraphQL|Explorer|Health) )/;

/** What the server's process says of itself: that it runs, has logged no error, and has written nothing else. */
function problemsOf(node: ServerNode): string[] {
  const lines = node.lastWords.split("\n").filter((line) => line !== "");
  const bad = lines.filter(
    (line) => !(line.startsWith("{") || GREETING.test(line)) || /"level":(50|60)/.test(line),
  );
  const ended = node.isUp ? [] : [`the server ended: ${node.lastWords.slice(-2_000)}`];
  return [...ended, ...bad.map((line) => `it wrote: ${line.slice(0, 400)}`)];
}

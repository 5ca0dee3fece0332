import { spawnSync } from "node:child_process";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { openSocket, type RawSocket } from "../live/socket";
import type { Answer } from "../support/test-server";
import type { Run } from "../start/program";
import { PATIENCE_MS } from "../support/patience";

/** A line of the program's log. */
export interface LogLine {
  msg: string;
  worker?: number;
  pid?: number;
  operation?: string;
  [more: string]: unknown;
}

/** An answer over HTTP, and the worker that gave it, where it was let in. */
export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: Answer;
  worker?: number;
}

/** A listener, and the worker that serves it. */
export interface EventSubscriber extends RawSocket {
  worker: number;
  /** The cursors of the events that it heard, in order. */
  cursors(): string[];
  positions(): number[];
}

/** A program that runs as several workers, as its caller sees it. */
export class Workers {
  private asked = 0;

  private constructor(
    readonly run: Run,
    readonly url: string,
  ) {}

  static async up(run: Run): Promise<Workers> {
    return new Workers(run, await run.up());
  }

  /** What is in the log so far. */
  log(): LogLine[] {
    return this.run.stdout
      .split("\n")
      .filter((line) => line.startsWith("{") && line.endsWith("}"))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for lines of the log, and gives them. */
  async logged(wanted: (line: LogLine) => boolean, count = 1, withinMs = PATIENCE_MS): Promise<LogLine[]> {
    for (let waited = 0; ; waited += 10) {
      const found = this.log().filter(wanted);
      if (found.length >= count) return found;
      if (waited >= withinMs) throw new Error(`not logged: ${JSON.stringify(this.log().slice(-20))}`);
      await pause(10);
    }
  }

  /** The processes of the workers that ever were up, by their numbers. */
  pids(): Map<number, number> {
    const up = this.log().filter(({ msg }) => msg === "a worker is up");
    return new Map(up.map(({ worker, pid }) => [worker!, pid!]));
  }

  /** The token that the greeting shows for a person. */
  token(person: string): string {
    return new RegExp(`^ +${person} .*\\n +(\\S+)$`, "m").exec(this.run.stdout)?.[1] ?? "";
  }

  /** Asks over a connection of its own, so that any worker may answer, or over the agent's. */
  async ask(type: "query" | "mutation", selection: string, token?: string, agent?: Agent): Promise<Answered> {
    const operation = `Ask${++this.asked}`;
    const answer = await post(this.url, { type, operation, selection }, token, agent);
    return answer.status === 429 ? answer : { ...answer, worker: await this.workerOf(operation) };
  }

  /** Listens as direct-agent, on whatever worker takes the connection. */
  async listen(after?: string): Promise<EventSubscriber> {
    const socket = await openSocket(this, this.token("direct-agent"));
    const operation = `Ear${++this.asked}`;
    const from = after === undefined ? "" : `(after: "${after}")`;
    const query = `subscription ${operation} { events${from} { position cursor } }`;
    socket.send({ type: "subscribe", id: "1", payload: { query, operationName: operation } });
    const events = () =>
      socket.messages
        .filter(({ type }) => type === "next")
        .map(({ payload }) => (payload?.data as { events: { position: number; cursor: string } }).events);
    return {
      ...socket,
      worker: await this.workerOf(operation),
      cursors: () => events().map(({ cursor }) => cursor),
      positions: () => events().map(({ position }) => position),
    };
  }

  /** One listener on each of as many workers, found by listening again and again. */
  async subscribersOnEach(count: number): Promise<EventSubscriber[]> {
    const subscribers = new Map<number, EventSubscriber>();
    while (subscribers.size < count) {
      const eventSubscriber = await this.listen();
      if (subscribers.has(eventSubscriber.worker)) eventSubscriber.socket.terminate();
      else subscribers.set(eventSubscriber.worker, eventSubscriber);
    }
    return [...subscribers.values()];
  }

  /** Makes one event for direct-agent's organization; gives the worker that did. */
  async makeEvent(): Promise<number | undefined> {
    const invite = `inviteCustomer(input: { recipientEmail: "p${this.asked}@shop.example" }) { userErrors { code } }`;
    const { body, worker } = await this.ask("mutation", invite, this.token("direct-agent"));
    if (body.errors) throw new Error(JSON.stringify(body));
    return worker;
  }

  private async workerOf(operation: string): Promise<number> {
    const [line] = await this.logged((line) => line.operation === operation);
    return line.worker!;
  }
}

function post(
  url: string,
  { type, operation, selection }: Record<"type" | "operation" | "selection", string>,
  token?: string,
  agent: Agent | false = false,
): Promise<Answered> {
  const headers = {
    "content-type": "application/json",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/graphql`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: JSON.parse(text) as Answer });
      });
    });
    call.on("error", reject);
    const query = `${type} ${operation} { ${selection} }`;
    call.end(JSON.stringify({ query, operationName: operation }));
  });
}

/** Whether a process runs. One that has ended and that nobody has asked about yet does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^[^Z]/.test(stdout.trim());
}

import { request, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer, TestServer } from "../support/test-server";
import { PATIENCE_MS } from "../support/patience";
import { HEAD } from "./scenario";

/** A subscription to all events, from a cursor on if there is one. */
export const EVENTS = `subscription ($after: String) { events(after: $after) { ${HEAD} } }`;

/** One server-sent event. */
export interface StreamEvent {
  event: string;
  data: (Answer & { extensions?: unknown }) | undefined;
}

/** A stream of server-sent events that is read by hand. */
export interface RawStream {
  status: number;
  headers: IncomingMessage["headers"];
  /** The events so far. */
  events: StreamEvent[];
  /** Everything that came so far, comments too. */
  text(): string;
  /** Waits until there are this many events. */
  heard(count: number, withinMs?: number): Promise<StreamEvent[]>;
  /** Resolves when the response is over: whether it was ended, or cut off. */
  over: Promise<"ended" | "cut off">;
  response: IncomingMessage;
  hangUp(): void;
}

/** What a stream is asked for with. */
export interface StreamAsked {
  token?: string;
  query?: string;
  variables?: object;
  operationName?: string;
  headers?: Record<string, string>;
}

/** Opens a stream as `curl -N -d` would. */
export function openStream(
  { url }: Pick<TestServer, "url">,
  { token, query, variables, operationName, headers }: StreamAsked,
): Promise<RawStream> {
  return send(`${url}/graphql/stream`, "POST", JSON.stringify({ query, variables, operationName }), {
    accept: "text/event-stream",
    "content-type": "application/json",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...headers,
  });
}

/** Opens a stream with any request at all. */
export function send(
  url: string,
  method: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<RawStream> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false });
    asked.once("error", reject);
    asked.once("response", (response) => resolve(reading(response, () => asked.destroy())));
    asked.end(body);
  });
}

function reading(response: IncomingMessage, hangUp: () => void): RawStream {
  let text = "";
  const events: StreamEvent[] = [];
  let rest = "";
  response.setEncoding("utf8");
  response.on("error", () => undefined);
  response.on("data", (chunk: string) => {
    text += chunk;
    const parts = (rest + chunk).split("\n\n");
    rest = parts.pop() ?? "";
    events.push(...parts.filter((part) => part.startsWith("event:")).map(parsed));
  });
  const over = new Promise<"ended" | "cut off">((resolve) => {
    response.once("close", () => resolve(response.complete ? "ended" : "cut off"));
  });
  return {
    ...{ status: response.statusCode ?? 0, headers: response.headers, events, over, response, hangUp },
    text: () => text,
    heard: async (count, withinMs = PATIENCE_MS) => {
      for (let waited = 0; events.length < count; waited += 10) {
        if (waited >= withinMs)
          throw new Error(`${events.length} of ${count} events: ${text.slice(0, 2_000)}`);
        await pause(10);
      }
      return events;
    },
  };
}

function parsed(part: string): StreamEvent {
  const field = (name: string) =>
    part
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const data = field("data");
  return { event: field("event") ?? "", data: data ? (JSON.parse(data) as StreamEvent["data"]) : undefined };
}

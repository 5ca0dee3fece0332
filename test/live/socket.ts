import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";
import type { Answer, TestServer } from "../support/test-server";
import { PATIENCE_MS } from "../support/patience";

/** A message of the graphql-transport-ws protocol. */
export interface Message {
  type: string;
  id?: string;
  payload?: Answer;
}

/** A socket that speaks the protocol by hand, so that it can misbehave as no client library would. */
export interface RawSocket {
  socket: WebSocket;
  /** Everything that the server sent so far. */
  messages: Message[];
  send(message: object): void;
  subscribe(id: string, query: string, variables?: object): void;
  /** Waits until the server has sent a message like this, and gives it. */
  heard(wanted: (message: Message) => boolean, withinMs?: number): Promise<Message>;
  /** How the socket was closed, when it is. */
  closed: Promise<{ code: number; reason: string }>;
}

/** Opens a socket, and signs in where a token is given. */
export async function openSocket(
  server: Pick<TestServer, "url">,
  token?: string,
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const url = `${server.url.replace("http", "ws")}/graphql`;
  const socket = new WebSocket(url, "graphql-transport-ws", { headers });
  const messages: Message[] = [];
  socket.on("message", (bytes: Buffer) => messages.push(JSON.parse(bytes.toString()) as Message));
  socket.on("error", () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise((resolve) => socket.once("open", resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  const raw: RawSocket = {
    socket,
    messages,
    closed,
    send,
    subscribe: (id, query, variables = {}) => send({ type: "subscribe", id, payload: { query, variables } }),
    heard: async (wanted, withinMs = PATIENCE_MS) => {
      for (let waited = 0; ; waited += 10) {
        const found = messages.find(wanted);
        if (found) return found;
        if (waited >= withinMs)
          throw new Error(`not heard within ${withinMs} ms: ${JSON.stringify(messages).slice(0, 2_000)}`);
        await pause(10);
      }
    },
  };
  if (token !== undefined) {
    send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    await raw.heard(({ type }) => type === "connection_ack");
  }
  return raw;
}

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** What a listener subscribed with. */
export interface Subscribed {
  /** The operation's id. */
  id: string;
  after: string | undefined;
  /** Sends it an event of this position, with the cursor `at-41`. */
  event(position: number): void;
  /** Tells it how far an operation is, as the server does every few seconds. */
  heartbeat(position: number, id?: string): void;
  /** Ends the operation with an error, as its last result. */
  refuse(code: string, kind: string, details?: object): void;
  /** The bytes that wait because it does not read them. */
  buffered(): number;
  cut(): void;
}

/**
 * The other end of a wire, where a test says what goes over it. For what a real server does too rarely, or only after
 * weeks, to wait for it; that a real server does it so, the tests of the server show.
 */
export interface Stage {
  url: string;
  /** The next listener that subscribes. */
  subscribed(): Promise<Subscribed>;
  close(): Promise<void>;
}

/** Opens a stage that signs everybody in, and whose streams end at position 40. */
export async function openStage(): Promise<Stage> {
  const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(sockets, "listening");
  const ready: Subscribed[] = [];
  const takers: ((subscribed: Subscribed) => void)[] = [];
  const arrived = (one: Subscribed) => {
    const taker = takers.shift();
    if (taker) taker(one);
    else ready.push(one);
  };
  sockets.on("connection", (socket) => socket.on("message", (data: Buffer) => hear(socket, data, arrived)));
  return {
    url: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}`,
    subscribed: () => {
      const one = ready.shift();
      return one ? Promise.resolve(one) : new Promise((resolve) => takers.push(resolve));
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((closed) => sockets.close(closed));
    },
  };
}

interface Message {
  id: string;
  type: string;
  payload: { query: string; variables?: { after?: string } };
}

function hear(socket: WebSocket, data: Buffer, arrived: (one: Subscribed) => void): void {
  const { id, type, payload } = JSON.parse(data.toString()) as Message;
  const send = (message: object) => socket.send(JSON.stringify(message));
  if (type === "connection_init") return send({ type: "connection_ack" });
  if (type === "ping") return send({ type: "pong" });
  if (type !== "subscribe") return;
  const next = (result: object) => send({ id, type: "next", payload: result });
  if (!payload.query.trim().startsWith("subscription")) {
    next({ data: { viewer: { newestEventCursor: "at-40" }, __typename: "Query" } });
    return send({ id, type: "complete" });
  }
  arrived({
    id,
    after: payload.variables?.after,
    event: (position) =>
      next({ data: { events: { id: `evt_${position}`, position, cursor: `at-${position}`, type: "TEST" } } }),
    heartbeat: (position, of = id) =>
      send({ type: "ping", payload: { heartbeat: [{ id: of, position, cursor: `at-${position}` }] } }),
    refuse: (code, kind, details) => {
      next({ errors: [{ message: `${code}, it is.`, extensions: { code, kind, details } }] });
      send({ id, type: "complete" });
    },
    buffered: () => socket.bufferedAmount,
    cut: () => socket.terminate(),
  });
}

import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import WebSocket from "ws";
import { openConnection } from "../support/raw-request";
import type { TestServer } from "../support/test-server";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What the process holds on to in MiB, texts and buffers together, without what may be collected. */
export function heldMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

/** A connection whose peer sends and never reads. */
export interface DeafPeer {
  /** Sends when the connection takes it; false where it takes nothing now, or is closed. */
  send(bytes: string): boolean;
  readonly isClosed: boolean;
  end(): void;
}

/** Opens a connection that is never read, for HTTP. */
export async function deafConnection({ url }: Pick<TestServer, "url">): Promise<DeafPeer> {
  return deafTo(await openConnection(url));
}

/** Turns a connection into one that is not read any more. */
function deafTo(socket: Socket): DeafPeer {
  socket.pause();
  return {
    send: (bytes) => !socket.writableNeedDrain && !socket.destroyed && socket.write(bytes, "latin1"),
    get isClosed() {
      return socket.destroyed;
    },
    end: () => socket.destroy(),
  };
}

/** Opens a WebSocket, signs in where a token is given, and never reads from then on. */
export async function deafSocket(
  { url }: Pick<TestServer, "url">,
  token?: string,
): Promise<DeafPeer & { socket: WebSocket }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("open", resolve));
  if (token !== undefined) {
    const acknowledged = new Promise((resolve) => socket.once("message", resolve));
    socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }));
    await acknowledged;
  }
  const { _socket: tcp } = socket as unknown as { _socket: Socket };
  tcp.pause();
  return {
    socket,
    send: (bytes) => {
      if (tcp.writableNeedDrain || socket.readyState !== socket.OPEN) return false;
      socket.send(bytes);
      return true;
    },
    get isClosed() {
      return tcp.destroyed || socket.readyState === socket.CLOSED;
    },
    end: () => socket.terminate(),
  };
}

/** What was seen while peers that do not read were answered. */
export interface Seen {
  /** The most that the server had waiting for all of them, in MiB, as it counts itself. */
  mostUnread: number;
  /** The most that the process held more than before, in MiB. */
  mostHeld: number;
  /** The longest time in which somebody else was answered, in ms. */
  slowestAnswer: number;
  /** Whether all of them were disconnected. */
  isOver: boolean;
}

/** Has `act` done again and again until `isOver`, while somebody else asks; at most for `withinMs`. */
export async function watchUntil(
  server: TestServer,
  { isOver, act }: { isOver: () => boolean; act: () => void },
  withinMs: number,
): Promise<Seen> {
  const { connections } = server.running;
  const heldBefore = heldMemory();
  const seen: Seen = { mostUnread: 0, mostHeld: 0, slowestAnswer: 0, isOver: false };
  const startedAt = performance.now();
  for (let round = 0; !isOver(); round++) {
    if (performance.now() - startedAt > withinMs) return seen;
    act();
    await pause(5);
    seen.mostUnread = Math.max(seen.mostUnread, connections.unread / 2 ** 20);
    if (round % 40 !== 20) continue;
    seen.mostHeld = Math.max(seen.mostHeld, heldMemory() - heldBefore);
    const askedAt = performance.now();
    await (await fetch(`${server.url}/healthz`)).text();
    seen.slowestAnswer = Math.max(seen.slowestAnswer, performance.now() - askedAt);
  }
  return { ...seen, isOver: true };
}

import { isUtf8 } from "node:buffer";
import { CloseCode as ProtocolCode, type Server, validateMessage } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { asGraphqlError } from "../graphql/error-format";
import { type AskedOperation, askedOperation, isRecord } from "../http/asked-operation";
import { ensurePlainNames } from "../http/request-json";
import { closeWith } from "./close-frame";
import { tooSlow } from "../../live/live-refusals";
import { MAX_STALL_MS } from "../../live/live-sink";
import type { MessageCharges } from "./message-charges";
import type { SocketOutlet } from "./socket-outlet";

/** Characters up to which a ping's payload comes back in the pong; the protocol does not require it at all. */
const MAX_ECHO = 1_024;

/** What only a server sends: from a client it breaks the protocol. */
const SERVERS_MESSAGES = new Set(["connection_ack", "next", "error"]);

/** What a `connection_init` may have besides a token, in bytes: what is longer is charged. */
const MAX_FREE_INIT = 16 * 1024;

/** What is known of the payload of a `subscribe` besides what it asks for. */
export interface ReceivedPayload {
  /** Bytes of its message. */
  bytes: number;
  /** Why it is no operation, where it is none. */
  refusal?: unknown;
}

/** A socket, and what its messages are answered with. */
export interface ProtocolSocket<Extra> {
  socket: WebSocket;
  outlet: SocketOutlet;
  charges: MessageCharges;
  /** Whether the guard charges its operations. */
  isSignedIn: () => boolean;
  extra: Extra;
  /** For what has no operation of its own. */
  requestId: string;
}

/** What a socket is served by. */
export interface ProtocolDependencies<Extra> {
  /** The graphql-transport-ws protocol's rules. */
  protocol: Server<Extra>;
  /** Keeps what is known of the payload of each `subscribe`, for the code that answers it. */
  received: WeakMap<object, ReceivedPayload>;
  keepAliveMs: number;
  /** Ends what a socket is sent whose peer reads nothing, and says so to it; says whether there was anything. */
  endAsTooSlow: (extra: Extra) => boolean;
  log: Logger;
}

/**
 * Speaks graphql-transport-ws with one socket. A fault of one operation ends that operation with its own `error`; the
 * socket is closed only where the protocol demands it: for what is no message, and for messages out of turn.
 */
export function serveSocket<Extra>(
  dependencies: ProtocolDependencies<Extra>,
  served: ProtocolSocket<Extra>,
): void {
  const { protocol, received, log } = dependencies;
  const { socket, outlet, charges, isSignedIn, extra, requestId } = served;
  let handle: (message: unknown) => Promise<void> = () => Promise.resolve();
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Waiting until it is read would keep the message that it answers in memory.
      send: (message) => outlet.send(message),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listener) => (handle = listener as (message: unknown) => Promise<void>),
    },
    extra,
  );
  const receive = async (bytes: Buffer): Promise<void> => {
    if (socket.readyState !== socket.OPEN) return;
    const message = readMessage(bytes, received);
    if (isReadInVain(message, bytes.length, isSignedIn())) charges.read(bytes.length);
    else if (message && KEEPING_ALIVE.has(message.type as string)) charges.keptAlive(bytes.length);
    if (message === undefined) return socket.close(ProtocolCode.BadRequest, "Invalid message received");
    if (message.type === "ping") return outlet.send(pongTo(message, bytes.length));
    try {
      await handle(message);
    } catch (error) {
      if (message.type !== "subscribe") throw error;
      const errors = [asGraphqlError(error, requestId, log)];
      outlet.send(JSON.stringify({ id: message.id, type: "error", payload: errors }));
    }
  };
  socket.on("message", (bytes: Buffer) => {
    receive(bytes).catch((error: unknown) => {
      log.error({ err: error, requestId }, "a message could not be handled");
      socket.close(ProtocolCode.InternalServerError, "Internal server error");
    });
    outlet.awaitReader();
  });
  const onFrame = (bytes: Buffer) => {
    charges.keptAlive(bytes.length);
    outlet.awaitReader();
  };
  socket.on("ping", (payload: Buffer) => {
    outlet.pong(payload);
    onFrame(payload);
  });
  socket.on("pong", onFrame);
  socket.on("error", ({ message }) => {
    charges.read(0);
    // Not what it sent, only what was wrong with it, such as a message that is too long: the library closes the socket itself.
    log.info({ requestId, message }, "a socket broke the protocol");
  });
  const stopKeepingAlive = keepAlive(dependencies, served);
  socket.once("close", (code, reason) => {
    stopKeepingAlive();
    void closed(code, reason.toString());
  });
}

/** A message of the protocol, or undefined where the protocol demands that the socket is closed. */
function readMessage(
  bytes: Buffer,
  received: WeakMap<object, ReceivedPayload>,
): Record<string, unknown> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString("utf8");
  let message: unknown;
  try {
    // Without a reviver, which goes through nested values by recursion.
    message = JSON.parse(text);
    if (!isRecord(message) || SERVERS_MESSAGES.has(message.type as string)) return undefined;
    if (message.type === "subscribe" && isRecord(message.payload))
      message.payload = readPayload(text, message, received);
    validateMessage(message);
  } catch {
    return undefined;
  }
  return message;
}

/** What the protocol allows at any time, and costs only where there is much of it. */
const KEEPING_ALIVE = new Set(["ping", "pong", "complete"]);

/** Whether a message is charged by its size: operations are charged by the guard, or where they are refused before that. */
function isReadInVain(
  message: Record<string, unknown> | undefined,
  bytes: number,
  isSignedIn: boolean,
): boolean {
  if (!message) return true;
  if (message.type === "connection_init") return bytes > MAX_FREE_INIT;
  return message.type === "subscribe" && !isSignedIn;
}

/** The operation that a `subscribe` asks for; where it asks for none, a payload that bears its refusal. */
function readPayload(
  text: string,
  message: Record<string, unknown>,
  received: WeakMap<object, ReceivedPayload>,
): AskedOperation {
  const bytes = Buffer.byteLength(text);
  try {
    ensurePlainNames(text, message);
    const asked = askedOperation(message.payload);
    // The library demands a text.
    const payload = { ...asked, query: asked.query ?? "" };
    received.set(payload, { bytes });
    return payload;
  } catch (refusal) {
    const payload = { query: "" };
    received.set(payload, { bytes, refusal });
    return payload;
  }
}

function pongTo({ payload }: Record<string, unknown>, bytes: number): string {
  return JSON.stringify({ type: "pong", ...(payload && bytes <= MAX_ECHO ? { payload } : {}) });
}

/**
 * Pings a socket. One whose peer does not answer until the next ping, or reads nothing of what waits for it, listens no more:
 * its operations end with SLOW_CONSUMER, which it finds when it reads on, and it is closed, or cut off where it had none.
 */
function keepAlive<Extra>(
  { keepAliveMs, endAsTooSlow, log }: ProtocolDependencies<Extra>,
  { socket, outlet, extra, requestId }: ProtocolSocket<Extra>,
): () => void {
  let isAwaited = false;
  socket.on("pong", () => (isAwaited = false));
  const timer = setInterval(() => {
    if (socket.readyState !== socket.OPEN) return;
    if (outlet.quietMs > MAX_STALL_MS) endAsTooSlow(extra);
    // Behind other bytes a ping tells nothing: those who read nothing are cut off by the watch on connections.
    if (outlet.unread > 0) return;
    if (isAwaited) {
      if (!endAsTooSlow(extra)) return socket.terminate();
      // After the last results of the operations, which are sent in a moment.
      return void setImmediate(() => closeWith(socket, tooSlow(), requestId, log));
    }
    isAwaited = true;
    socket.ping();
  }, keepAliveMs);
  return () => clearInterval(timer);
}

import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Asked, Line, LineEvents } from "./event-subscriber";

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const NO_BYTES = Buffer.alloc(0);

/**
 * Opens a WebSocket by hand, on a bare socket: a thousand of these share one process with little to do for each message,
 * and can stop reading or be cut off without a word, as no client library would let them.
 */
export function openWebSocket({ url, token, query, variables }: Asked, events: LineEvents): Line {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let read = readUpgrade;
  let rest: Buffer = NO_BYTES;
  const say = (message: object) => socket.write(frame(TEXT, Buffer.from(JSON.stringify(message))));

  /** Takes what the server answers to the upgrade; gives what stands behind it, or nothing when it is not whole yet. */
  function readUpgrade(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    if (!bytes.subarray(0, end).toString("latin1").startsWith("HTTP/1.1 101")) {
      socket.destroy(); // A server that is going away; the subscriber comes back.
      return NO_BYTES;
    }
    say({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    read = readFrame;
    return bytes.subarray(end + 4);
  }

  function readFrame(bytes: Buffer): Buffer | undefined {
    const found = frameIn(bytes);
    if (!found) return undefined;
    const { opcode, payload, end } = found;
    if (opcode === TEXT) takeText(payload);
    else if (opcode === PING) socket.write(frame(PONG, payload));
    else if (opcode === CLOSE) socket.destroy();
    return bytes.subarray(end);
  }

  function takeText(payload: Buffer): void {
    const start = payload.toString("latin1", 0, 60);
    if (start.includes('"type":"connection_ack"')) {
      say({ type: "subscribe", id: "1", payload: { query, variables } });
      events.onBegun();
    } else if (start.includes('"type":"ping"')) say({ type: "pong" });
    else events.onMessage(payload);
  }

  socket.on("data", (chunk: Buffer) => {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (bytes.length > 0 && !socket.destroyed) {
      const left = read(bytes);
      if (!left) break;
      bytes = left;
    }
    rest = bytes;
  });
  socket.once("connect", () =>
    socket.write(
      [
        "GET /graphql HTTP/1.1",
        `Host: ${host}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: graphql-transport-ws",
        "\r\n",
      ].join("\r\n"),
    ),
  );
  socket.once("error", () => undefined);
  socket.once("close", () => events.onClosed());
  return { cut: () => socket.destroy(), pause: () => socket.pause(), resume: () => socket.resume() };
}

/** The first frame in these bytes; nothing when it is not whole yet. A server's frames are not masked. */
function frameIn(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = (bytes[0] ?? 0) & 0x0f;
  let length = (bytes[1] ?? 0) & 0x7f;
  let start = 2;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    start = 10;
  }
  const end = start + length;
  return bytes.length < end ? undefined : { opcode, payload: bytes.subarray(start, end), end };
}

/** A client's frame: it must be masked; a mask of zeros leaves the bytes as they are. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size =
    length < 126 ? Buffer.from([0x80 | length]) : Buffer.from([0x80 | 126, length >> 8, length & 0xff]);
  return Buffer.concat([Buffer.from([0x80 | opcode]), size, Buffer.alloc(4), payload]);
}

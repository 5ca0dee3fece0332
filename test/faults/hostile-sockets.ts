import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import WebSocket from "ws";
import { Random } from "../execution/random";
import { openConnection } from "../support/raw-request";
import { bytes, damagedBytes } from "./hostile-requests";

/** What came back from a socket: everything it was sent, as text, and the code that it was closed with. */
export interface SocketAnswer {
  text: string;
  code: number;
}

/** How long an answer may take, in milliseconds: the server is busy with others. */
const PATIENCE_MS = 20_000;

const LIVE = "subscription { events { position } }";

const MESSAGES: ((random: Random) => unknown)[] = [
  () => ({ type: "ping" }),
  (random) => ({ type: "ping", payload: { x: "x".repeat(random.below(3_000)) } }),
  () => ({ type: "pong", payload: null }),
  (random) => ({ type: "complete", id: String(random.below(4)) }),
  (random) => ({ type: "subscribe", id: String(random.below(4)), payload: { query: LIVE } }),
  (random) => ({ type: "subscribe", id: String(random.below(4)), payload: { query: "{ viewer { kind } }" } }),
  () => ({
    type: "subscribe",
    id: "5",
    payload: { query: `subscription { events @skip(if: true) { position } }` },
  }),
  () => ({ type: "subscribe", id: "6", payload: { query: "{" } }),
  () => ({
    type: "subscribe",
    id: "7",
    payload: { query: "mutation M { x } query Q { y }", operationName: "Z" },
  }),
  () => ({ type: "subscribe", id: "8", payload: { query: "query ($a: Int!) { x }", variables: { a: [] } } }),
  (random) => ({ type: "subscribe", id: "x".repeat(random.below(400)), payload: {} }),
  () => ({ type: "subscribe", id: "__proto__", payload: { query: LIVE, variables: { after: "x" } } }),
  () => ({
    type: "subscribe",
    id: "constructor",
    payload: { query: LIVE, extensions: { requestId: "\u0000" } },
  }),
];

/** Messages after which the protocol demands that the socket is closed. */
const LAST_MESSAGES: ((random: Random) => unknown)[] = [
  () => ({ type: "connection_init", payload: {} }),
  () => ({ type: "connection_ack" }),
  () => ({ type: "next", id: "1", payload: {} }),
  () => ({ type: "start", id: "1" }),
  () => ({ type: "subscribe", payload: { query: LIVE } }),
  () => ({ type: "subscribe", id: "1", payload: [] }),
  () => ({ type: "ping", payload: [] }),
  () => ({ type: 7 }),
  () => [],
  () => null,
  (random) => "x".repeat(random.below(70_000)),
  () => JSON.parse(`{"type":"subscribe","id":"1","payload":{"query":"{x}","__proto__":{"a":1}}}`) as unknown,
];

/** Signs in, or not, and sends messages of every wrong kind; gives what came back. */
export async function sendMessages(
  url: string,
  token: string,
  seed: number,
  number: number,
): Promise<SocketAnswer> {
  const random = new Random(seed, "messages", number);
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  socket.on("error", () => undefined);
  let text = "";
  socket.on("message", (received: Buffer) => (text += received.toString()));
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise<void>((resolve) => {
    socket.once("open", resolve);
    socket.once("close", resolve);
  });
  const send = (message: unknown) =>
    socket.readyState === WebSocket.OPEN &&
    socket.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  if (random.chance(0.85))
    send({
      type: "connection_init",
      payload: { authorization: `Bearer ${random.chance(0.9) ? token : "x"}` },
    });
  // Now and then the next message comes too early.
  if (random.chance(0.9))
    await Promise.race([closed, new Promise((resolve) => socket.once("message", resolve)), pause(3_000)]);
  for (let count = random.below(6); count > 0; count--) {
    send(random.pick(MESSAGES)(random));
    if (random.chance(0.2)) await pause(random.below(10));
  }
  send(
    random.chance(0.5)
      ? random.pick(LAST_MESSAGES)(random)
      : damagedBytes(random, Buffer.from('{"type":"ping"}')),
  );
  if (random.chance(0.5)) socket.close(1000);
  // One that has done nothing wrong is not closed by the server.
  const hangUp = setTimeout(() => socket.close(), 200);
  const tooLate = setTimeout(() => socket.terminate(), PATIENCE_MS);
  const code = await closed;
  clearTimeout(hangUp);
  clearTimeout(tooLate);
  return { text, code };
}

/** Opens a WebSocket by hand and sends frames of every wrong kind; gives what came back as Latin-1. */
export async function sendFrames(url: string, seed: number, number: number): Promise<string> {
  const random = new Random(seed, "frames", number);
  const socket = await openConnection(url);
  let text = "";
  socket.on("data", (received: Buffer) => (text += received.toString("latin1")));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(upgradeOf(random), "latin1");
  for (let count = 1 + random.below(5); count > 0 && !socket.destroyed; count--) {
    socket.write(frameOf(random));
    if (random.chance(0.2)) await pause(random.below(10));
  }
  endSoon(socket, random);
  await closed;
  return text;
}

function endSoon(socket: Socket, random: Random): void {
  const timer = setTimeout(() => socket.destroy(), 100 + random.below(300));
  socket.once("close", () => clearTimeout(timer));
}

function upgradeOf(random: Random): string {
  const odd = random.chance(0.25);
  const pick = (usual: string, ...others: string[]) => (odd ? random.pick([usual, ...others]) : usual);
  return [
    `${pick("GET", "POST", "x")} ${pick("/graphql", "/", "/graphql?x=%zz", "//", "*")} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    `Upgrade: ${pick("websocket", "h2c", "websocket, x")}`,
    `Sec-WebSocket-Version: ${pick("13", "12", "x", "")}`,
    `Sec-WebSocket-Key: ${pick(randomBytes(16).toString("base64"), "", "x", "\xff".repeat(24))}`,
    `Sec-WebSocket-Protocol: ${pick("graphql-transport-ws", "graphql-ws", ",", "graphql-transport-ws,graphql-transport-ws")}`,
    `Sec-WebSocket-Extensions: ${pick("permessage-deflate", "permessage-deflate; server_max_window_bits=99", ";", "x")}`,
    "",
    "",
  ].join("\r\n");
}

/** A frame whose first bytes, length, mask or content may be wrong; RFC 6455, section 5.2. */
function frameOf(random: Random): Buffer {
  const opcode = random.pick([0, 1, 1, 1, 2, 3, 7, 8, 9, 10, 11, 15]);
  const first =
    opcode | (random.chance(0.8) ? 0x80 : 0) | (random.chance(0.1) ? 0x70 & random.below(256) : 0);
  const content = random.pick<() => Buffer>([
    () => Buffer.from(JSON.stringify({ type: "connection_init" })),
    () => Buffer.from(JSON.stringify({ type: "ping", payload: {} })),
    () => bytes(random, random.below(300)),
    () => Buffer.alloc(0),
    () => Buffer.alloc(random.below(70_000), "["),
  ])();
  const said = random.chance(0.15)
    ? random.pick([2 ** 31, 2 ** 40, 2 ** 63 - 1024, content.length + 1])
    : content.length;
  const isMasked = random.chance(0.9);
  const mask = bytes(random, 4);
  const masked = isMasked ? Buffer.from(content.map((byte, at) => byte ^ (mask[at % 4] ?? 0))) : content;
  return Buffer.concat([
    Buffer.from([first]),
    lengthOf(said, isMasked),
    isMasked ? mask : Buffer.alloc(0),
    masked,
  ]);
}

function lengthOf(length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0;
  if (length < 126) return Buffer.from([bit | length]);
  const long = Buffer.alloc(length < 65_536 ? 3 : 9);
  long[0] = bit | (length < 65_536 ? 126 : 127);
  if (length < 65_536) long.writeUInt16BE(length, 1);
  else long.writeBigUInt64BE(BigInt(length), 1);
  return long;
}

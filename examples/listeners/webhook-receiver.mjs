#!/usr/bin/env node
/*
 * Receives a Partnergraph server's webhooks, believes only those that are signed, and hands every event to your code
 * once. Plain Node: no package is needed.
 *
 *   WEBHOOK_SECRETS=whsec_... node examples/listeners/webhook-receiver.mjs
 *
 *   WEBHOOK_SECRETS  the endpoint's secret; two with a space between them while you change it
 *   PORT, HOST       where to listen; default 8080 on 127.0.0.1. The path is /hooks. Put your https in front of it
 *   INBOX_FILE       where deliveries are kept, one JSON line each; default inbox.jsonl
 *   HANDLER          your module with a function `handle(event)`; default handlers/print.mjs
 *
 * How it loses nothing: a delivery is on the disk before it is answered, and handled afterwards, since an answer that
 * takes over 15 seconds counts as a failure. INBOX_FILE.handled says how many are handled; after a crash it goes on
 * there, so the handler may get one event a second time (see handlers/keep-once.mjs). What the server sends twice has the
 * same `webhook-id`, and is answered and left out.
 *
 * Send it the signal USR2 to have it answer 410: the server then disables the endpoint and sends no more.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { answerHelp } from "./help.mjs";

const TOLERANCE_S = 5 * 60; // an older signature may be somebody's recording
const LONGEST_BODY = 64 * 1024; // three times what the server promises; nobody fills our memory

answerHelp();
if (process.argv.length > 2) {
  say("webhook-receiver.mjs takes variables and no options; --help has them");
  process.exit(2);
}
const { WEBHOOK_SECRETS, PORT, HOST, INBOX_FILE, HANDLER } = process.env;
const keys = (WEBHOOK_SECRETS ?? "").split(" ").filter(Boolean).map(keyOf);
if (keys.length === 0 || keys.some((key) => key.length < 24)) {
  say("WEBHOOK_SECRETS takes the secrets that the server gave: whsec_ and base64; --help has all variables");
  process.exit(2);
}
const handler = HANDLER || resolve(import.meta.dirname, "handlers/print.mjs");
if (!existsSync(handler)) {
  say(`HANDLER names a file; there is no ${handler}`);
  process.exit(2);
}
const { handle } = await import(pathToFileURL(handler).href);

const inbox = INBOX_FILE || "inbox.jsonl";
const waiting = readInbox(); // kept, and not handled yet
const known = new Set(waiting.map(({ id }) => id)); // prune both when the server has forgotten them, after 30 days
let handled = existsSync(`${inbox}.handled`) ? Number(readFileSync(`${inbox}.handled`, "utf8")) : 0;
let highest = Math.max(0, ...waiting.map(({ position }) => position ?? 0));
waiting.splice(0, handled);
let isWorking = false;
let isGone = false;

const server = createServer(async (request, response) => {
  const answer = (status, text = "") => response.writeHead(status).end(text);
  try {
    if (request.url !== "/hooks") return answer(404);
    if (request.method !== "POST") return answer(405);
    const body = await bodyOf(request);
    if (body === undefined) return response.writeHead(413, { connection: "close" }).end();
    const complaint = complaintAbout(request.headers, body);
    if (complaint) {
      say(`refused: ${complaint}`);
      return answer(401, complaint);
    }
    if (isGone) return answer(410);
    accept(request.headers["webhook-id"], JSON.parse(body));
    answer(204);
  } catch (error) {
    say(`not received: ${error.message}`);
    answer(500); // the server tries again
  }
});
server.requestTimeout = 10_000; // for one that drips
server.listen(Number(PORT || 8080), HOST || "127.0.0.1", () => {
  say(`receiving at http://${HOST || "127.0.0.1"}:${server.address().port}/hooks`);
});
process.on("SIGUSR2", () => {
  isGone = true;
  say("answering 410 from now on");
});
void work();

/** The whole body as it came, since the signature is over its bytes; undefined when it is too long. */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LONGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function keyOf(secret) {
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

/** Why a delivery is not to be believed; undefined when it is the server's, and of these minutes. */
function complaintAbout(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (!id || !timestamp || !signatures) return "the delivery is not signed";
  if (!/^\d{1,12}$/.test(timestamp)) return "the timestamp is none";
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return "the timestamp is not of now";
  // While a secret is changed the server signs with both, and we know one or both.
  const given = signatures
    .split(" ")
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => Buffer.from(signature.slice(3), "base64"));
  const expected = keys.map((key) =>
    createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest(),
  );
  const isOurs = expected.some((mac) => given.some((one) => isSame(mac, one)));
  return isOurs ? undefined : "the signature is wrong";
}

/** Takes the same time wherever the difference is: else somebody could guess a signature byte by byte. */
function isSame(mac, given) {
  return mac.length === given.length && timingSafeEqual(mac, given);
}

/** Keeps a delivery, and has it handled soon. */
function accept(id, event) {
  if (known.has(id)) return say(`${id} came again, and is left out`);
  const { position, type } = event; // null for a test and a notice, which are in no stream
  if (type === "stream.restored") {
    say("the server's database was restored: compare what you keep a copy of with what the API says now");
    highest = 0; // positions are given again
  }
  // The server sends in order. What is behind is a replay or a retry that somebody asked for, of an event we do not have.
  if (position !== null && position <= highest) say(`out of order: ${position} came after ${highest}`);
  try {
    appendFileSync(inbox, `${JSON.stringify(event)}\n`, { flush: true });
  } catch (error) {
    say(`the inbox cannot be written: ${error.message}`);
    process.exit(1); // half a line may be there: the next start mends it
  }
  highest = Math.max(highest, position ?? 0);
  known.add(id);
  waiting.push(event);
  void work();
}

/** Handles what waits, one after the other. A handler that throws ends us; the next start begins with the same event. */
async function work() {
  if (isWorking) return;
  isWorking = true;
  for (let event = waiting.shift(); event; event = waiting.shift()) {
    await handle(event);
    handled++;
    writeFileSync(`${inbox}.handled.new`, String(handled), { flush: true });
    renameSync(`${inbox}.handled.new`, `${inbox}.handled`);
  }
  isWorking = false;
}

function readInbox() {
  if (!existsSync(inbox)) return [];
  const text = readFileSync(inbox, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  truncateSync(inbox, Buffer.byteLength(whole)); // a line that a crash cut off was not answered: it comes again
  return whole
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

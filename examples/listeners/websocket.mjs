#!/usr/bin/env node
/*
 * Listens to a Partnergraph server over WebSocket and hands every event to your code, also those that happened while
 * it was away.
 *
 *   TOKEN=... node examples/listeners/websocket.mjs [options]
 *
 *   --base-url URL      the server; default http://127.0.0.1:4000
 *   --types A,B         only these types, such as INVITATION_ACCEPTED,RELATIONSHIP_REMOVED; default all
 *   --customer ID       only what concerns this customer
 *   --cursor-file FILE  keep the cursor here, and begin after it the next time; one listener a file
 *   --after CURSOR      begin after this event; goes before the file
 *   --handler FILE      your module with a function `handle(event)`; default handlers/print.mjs
 *   --count N           end after N events
 *   --skip-lost         when the server has forgotten events that we missed: go on without them
 *
 * Each option may also be a variable: --cursor-file is CURSOR_FILE. Who you are is in the variable TOKEN, a token or an
 * API key; or TOKEN_COMMAND is a command that prints a fresh token, and runs before every connection.
 *
 * How it loses nothing: an event's cursor is its place in your organization's stream. We keep the cursor after an event
 * was handled, never before, and give it as `after` whenever we connect. So a crash between the two gives the event
 * once more: see handlers/keep-once.mjs. No cursor yet? Then the end of the stream is where we begin.
 *
 * Ends with 0 after N events; 1 when the server refuses us for good, the stream has a gap, or the handler throws; 2 when
 * called wrongly. A lost connection is no end: it tries again until you stop it, and you may stop it with kill -9.
 */
import { execFile } from "node:child_process";
import { EventEmitter, on } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { readCursor, writeCursor } from "./cursor-file.mjs";
import { readOptions } from "./options.mjs";

/** What the handler gets to know. Take what you need: schema/schema.graphql has it all. */
const FACTS = `
  fragment Facts on Event {
    id position cursor type occurredAt actorId
    ... on InvitationEvent { invitationId partnerId partnerName providerId recipientEmail reusable }
    ... on InvitationAcceptedEvent { customerId companyName domain relationshipIds }
    ... on InvitationDeclinedEvent { answeredByCustomerId answeredByCompanyName answeredByDomain }
    ... on RelationshipEvent {
      relationshipId partnerId partnerName customerId companyName domain establishedByInvitationId
    }
    ... on CustomerEvent { customerId partnerId companyName domain }
    ... on SubscriptionEvent { subscriptionId customerId partnerId resellerId offerId offerName quantity status }
  }`;

class Refused extends Error {} // trying again would not help

const { liveUrl, types, customer, cursorFile, after, count, handler, skipsLost } = readOptions();
const { handle } = await import(handler);
const seesAll = !types && !customer; // then the next position is always the last one plus 1
let cursor = after ?? readCursor(cursorFile);
let position; // of the last event, where we know it
let handled = 0;
let waitMs = 125;
let listeningSince; // over the present connection

const canRenew = Boolean(process.env.TOKEN_COMMAND);
let token; // for the next connection
let socket; // of the present connection
let inbox; // of the present subscription
let lastId = 0; // of an operation
let unanswered; // runs from our ping until its pong
const client = createClient({
  url: liveUrl,
  webSocketImpl: WebSocket,
  connectionParams: () => ({ authorization: `Bearer ${token}` }),
  generateID: () => String(++lastId),
  retryAttempts: 0, // the client's own retry would send the old `after` again: ours is below
  lazyCloseTimeout: 2_000, // questions and the subscription share one socket
  connectionAckWaitTimeout: 10_000,
  keepAlive: 10_000, // a dead network closes nothing: only a ping that nobody answers tells
  on: {
    connected: (opened) => (socket = opened),
    ping: (received, payload) => {
      if (received) hearHeartbeat(payload);
      else unanswered = setTimeout(() => client.terminate(), 5_000);
    },
    pong: (received) => {
      if (received) clearTimeout(unanswered);
    },
    closed: () => clearTimeout(unanswered),
  },
});

while (handled !== count) {
  try {
    await follow();
  } catch (problem) {
    const reason = recover(problem);
    const wasStable = listeningSince !== undefined && performance.now() - listeningSince > 10_000;
    listeningSince = undefined;
    waitMs = wasStable ? 250 : Math.min(waitMs * 2, 10_000);
    say(`connection lost (${reason}); trying again in ${waitMs} ms`);
    await pause(waitMs * (0.5 + Math.random()));
  }
}
client.on("closed", () => process.exit());
setTimeout(() => process.exit(), 1_000).unref(); // the server does not say goodbye
await client.dispose();

/** Follows the stream over one connection, until there are enough events or the connection is lost. */
async function follow() {
  token = await freshToken();
  if (cursor === undefined) await beginAtTheEnd();
  const { messages, stop } = subscribe();
  // A socket keeps its order: once this is answered, the server has the subscription too.
  ask("query Ping { __typename }").then(
    () => {
      say("listening");
      listeningSince = performance.now();
    },
    () => undefined, // the loop below hears of it too
  );
  try {
    for await (const [{ event, heartbeat, problem }] of messages) {
      if (problem) throw problem;
      if (event) await take(event);
      else passTo(heartbeat);
      if (handled === count) return;
    }
  } finally {
    stop();
  }
}

/** A token for one connection. TOKEN_COMMAND fetches it before we connect: the server waits only seconds for it. */
async function freshToken() {
  const { TOKEN, TOKEN_COMMAND } = process.env;
  if (!TOKEN_COMMAND) return TOKEN;
  const { stdout } = await promisify(execFile)("sh", ["-c", TOKEN_COMMAND], { timeout: 60_000 });
  return stdout.trim();
}

/** Finds where the stream ends now: what is there before the first connection is not news. */
async function beginAtTheEnd() {
  const { viewer } = await ask("query Newest { viewer { newestEventCursor } }");
  // None for somebody who may not listen: subscribing says why.
  if (viewer.newestEventCursor) keep(viewer.newestEventCursor);
}

/** Asks one question over the socket. */
async function ask(query) {
  for await (const { data, errors } of client.iterate({ query })) {
    if (errors) throw errors;
    return data;
  }
  throw new Error("the server gave no answer");
}

/**
 * Everything that the server sends us, in its order. When the handler is slow, a hundred messages wait here; then we stop
 * reading the socket, and the rest waits in the server's log.
 */
function subscribe() {
  inbox = new EventEmitter();
  inbox.pause = () => socket?.pause();
  inbox.resume = () => socket?.resume();
  const messages = on(inbox, "message", { highWaterMark: 100, lowWaterMark: 20 });
  const customerId = customer && ["$customerId: ID", "customerId: $customerId"];
  const query = `subscription Listen($after: String, $types: [EventType!] ${customerId?.[0] ?? ""}) {
      events(after: $after, types: $types ${customerId?.[1] ?? ""}) { ...Facts }
    } ${FACTS}`;
  const deliver = (message) => inbox.emit("message", message);
  const stop = client.subscribe(
    { query, variables: { after: cursor, types, customerId: customer } },
    {
      next: ({ data, errors }) => deliver(errors ? { problem: errors } : { event: data.events }),
      error: (problem) => deliver({ problem }),
      complete: () => deliver({ problem: new Error("the server ended the subscription") }),
    },
  );
  inbox.id = String(lastId);
  return { messages, stop };
}

/** The server tells every few seconds how far each operation is. It queues behind the events that came before it. */
function hearHeartbeat(payload) {
  const heartbeat = payload?.heartbeat?.find(({ id }) => id === inbox?.id);
  if (heartbeat) inbox.emit("message", { heartbeat });
}

/** Hands an event over, then remembers it, in this order. */
async function take(event) {
  if (event.position <= position) return; // we have it
  if (seesAll && event.position > (position ?? event.position - 1) + 1)
    throw new Refused(`the stream has a gap: after ${position} came ${event.position}`);
  try {
    await handle(event);
  } catch (error) {
    throw new Refused(`the handler failed at position ${event.position}: ${error.stack}`);
  }
  handled++;
  keep(event.cursor, event.position);
}

/** Nothing for us came up to here: the next time we need not begin further back, where the log may be gone by then. */
function passTo(heartbeat) {
  if (heartbeat.position <= position) return;
  if (seesAll && position !== undefined)
    throw new Refused(`the stream has a gap: the server is at ${heartbeat.position}, we are at ${position}`);
  keep(heartbeat.cursor, heartbeat.position);
}

function keep(newCursor, newPosition) {
  cursor = newCursor;
  position = newPosition;
  writeCursor(cursorFile, cursor);
}

/** Ends the program when trying again cannot help. Otherwise tells why the connection was lost. */
function recover(problem) {
  if (problem instanceof Refused) return giveUp(problem.message);
  if (!Array.isArray(problem)) return recoverConnection(problem);
  const reason = problem
    .map(({ message, extensions }) => `${extensions?.code ?? "?"}: ${message}`)
    .join("; ");
  const { code, kind, details } = problem[0]?.extensions ?? {};
  if (code === "EVENTS_CURSOR_EXPIRED") {
    say(`LOST: what happened after the cursor ${cursor} is partly gone from the server's log (${reason})`);
    if (!skipsLost || !details?.oldestCursor)
      return giveUp("read anew what you keep a copy of, then start me once with --skip-lost");
    keep(details.oldestCursor);
    return "going on from the oldest event there is";
  }
  if (code === "EVENTS_CURSOR_FROM_BEFORE_RESTORE") {
    say(
      `RESTORED: the server's database was restored from an older copy; some events that you had may be undone`,
    );
    return giveUp(
      `read anew what you keep a copy of, then start me once with --after ${details.newestCursor}, ` +
        `or with --after ${details.oldestCursor} to get all events that are kept again`,
    );
  }
  // Everything that was sent before this is handled: the server's cursor is ours or a later one.
  if (code === "SLOW_CONSUMER" && details?.cursor) keep(details.cursor, position);
  const finalKinds = ["INVALID", "NOT_FOUND", "FORBIDDEN"].concat(canRenew ? [] : "UNAUTHENTICATED");
  return finalKinds.includes(kind) ? giveUp(reason) : reason;
}

function recoverConnection({ code, reason, message }) {
  const text = [code, reason || message].filter(Boolean).join(" ");
  // 4403: the token is bad, or no longer good; a new one may be better. The others: we do not understand each other.
  const isFinal = code === 4403 ? !canRenew : [4400, 4406, 4409].includes(code);
  const isNoDoor = /server response: 4(?!08|29)\d\d/.test(message ?? ""); // there is no WebSocket at this address
  return isFinal || isNoDoor ? giveUp(text) : text;
}

function giveUp(reason) {
  say(`refused: ${reason}`);
  process.exit(1); // nothing is lost by this: every event that was handled is kept already
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

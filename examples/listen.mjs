#!/usr/bin/env node
/*
 * Listens to a Partnergraph server and prints one JSON line for each event.
 *
 *   TOKEN=... node examples/listen.mjs [options] [FIELD]
 *
 *   FIELD               invitationAccepted, relationshipRemoved, or events (all of them; the default)
 *   --url URL           default ws://127.0.0.1:4000/graphql
 *   --token TOKEN       better in the environment variable TOKEN: others can see a command line
 *   --after CURSOR      begin after this event; what was missed since then comes first
 *   --cursor-file FILE  keep the cursor in this file, and begin after it the next time
 *   --count N           end after N events
 *
 * How it misses nothing and repeats nothing: every event has a cursor, its place in your organization's stream. The
 * listener remembers the last one and gives it as `after` whenever it connects, so the server first sends what came
 * meanwhile. Without a cursor to begin with, it first reads to the end of the stream to get one.
 *
 * It ends with 0 after N events, with 1 when the server refuses it or the stream is not whole, with 2 when it was
 * called in a wrong way. A connection that is lost is not an end: it tries again until you stop it.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

/** What each subscription field lets through; no entry means all types. */
const TYPES = {
  events: undefined,
  invitationAccepted: "INVITATION_ACCEPTED",
  relationshipRemoved: "RELATIONSHIP_REMOVED",
};

/** What an event tells, whatever its type. */
const FACTS = `
  fragment Facts on Event {
    id position cursor type occurredAt actorId
    ... on InvitationEvent { invitationId partnerId partnerName providerId recipientEmail reusable }
    ... on InvitationAcceptedEvent { customerId companyName domain relationshipIds }
    ... on InvitationDeclinedEvent {
      answeredByCustomerId answeredByCompanyName answeredByDomain
    }
    ... on RelationshipEvent {
      relationshipId partnerId partnerName customerId companyName domain establishedByInvitationId
    }
    ... on CustomerEvent { customerId partnerId companyName domain }
    ... on SubscriptionEvent { subscriptionId customerId partnerId resellerId offerId offerName quantity status }
  }`;

/** The server said no, or the stream is not whole: trying again would not help. */
class Refused extends Error {}

const { url, token, field, count, cursorFile, ...begin } = readCommandLine();
let { cursor } = begin;
let position; // of the last event, where we know it
let printed = 0;
let waitMs = 125;
let listeningSince; // over the present connection

let unanswered; // runs from a ping until its pong
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0, // the client's own retry would send the old `after` again: ours is below
  lazyCloseTimeout: 2_000, // questions and the subscription share one socket
  connectionAckWaitTimeout: 10_000,
  keepAlive: 10_000, // a dead network closes nothing: only a ping that nobody answers tells
  on: {
    ping: (received) => {
      if (!received) unanswered = setTimeout(() => client.terminate(), 5_000);
    },
    pong: (received) => {
      if (received) clearTimeout(unanswered);
    },
    closed: () => clearTimeout(unanswered),
  },
});

process.stdout.on("error", () => process.exit(1)); // whoever read our lines has gone

while (!isEnough()) {
  try {
    await follow();
  } catch (problem) {
    const { isFinal, reason } = judge(problem);
    if (isFinal) {
      say(`refused: ${reason}`);
      process.exitCode = 1;
      break;
    }
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

function isEnough() {
  return printed === count;
}

/** Follows the stream over one connection, until there are enough events or the connection is lost. */
async function follow() {
  if (cursor === undefined) await beginAtTheEnd();
  const variables = { after: cursor };
  const answers = client.iterate({
    query: `subscription Listen($after: String) { ${field}(after: $after) { ...Facts } } ${FACTS}`,
    variables,
  });
  // A socket keeps its order: once this is answered, the server has the subscription too.
  ask("query Ping { __typename }").then(
    () => {
      say("listening");
      listeningSince = performance.now();
    },
    () => undefined, // the loop below hears of it too
  );
  for await (const { data, errors } of answers) {
    if (errors) throw errors;
    hand(data[field]);
    if (isEnough()) return;
  }
  throw new Error("the server ended the subscription");
}

/** Finds where the stream ends now: what is there before the first connection is not news. */
async function beginAtTheEnd() {
  const { viewer } = await ask("query Newest { viewer { newestEventCursor } }");
  cursor = viewer.newestEventCursor ?? undefined; // none for somebody who may not listen: subscribing says why
  if (cursor !== undefined) keepCursor();
}

/** Asks one question over the socket. */
async function ask(query, variables) {
  for await (const { data, errors } of client.iterate({ query, variables })) {
    if (errors) throw errors;
    return data;
  }
  throw new Error("the server gave no answer");
}

/**
 * Hands an event over, then remembers it, in this order: a program that is killed in between gets the event once
 * more, never not at all. Its `id` tells whoever must know that it is the same one.
 */
function hand(event) {
  const expected = (position ?? event.position - 1) + 1;
  const isWhole = field === "events" ? event.position === expected : event.position >= expected;
  if (!isWhole) throw new Refused(`the stream is not whole: after ${position} came ${event.position}`);
  process.stdout.write(`${JSON.stringify(event)}\n`);
  printed++;
  ({ cursor, position } = event);
  keepCursor();
}

function keepCursor() {
  if (!cursorFile) return;
  // Renaming replaces the file at once: no crash leaves half a cursor.
  writeFileSync(`${cursorFile}.new`, `${cursor}\n`);
  renameSync(`${cursorFile}.new`, cursorFile);
}

/** Whether trying again can help, and what to tell. */
function judge(problem) {
  if (problem instanceof Refused) return { isFinal: true, reason: problem.message };
  if (Array.isArray(problem)) {
    // GraphQL errors. UNAVAILABLE passes (the database is away, the server is stopping); the others stay.
    const isFinal = problem.some((error) => error.extensions?.kind !== "UNAVAILABLE");
    const reason = problem
      .map(({ message, extensions }) => `${extensions?.code ?? "?"}: ${message}`)
      .join("; ");
    return { isFinal, reason };
  }
  // Closed by the server as a protocol error or 4403 Forbidden (a token that is bad, or expired meanwhile), or no
  // WebSocket at this address. Any other close, and no connection at all, is trouble that passes.
  const { code, reason, message } = problem;
  const isFinal =
    [4400, 4401, 4403, 4406, 4409, 4429].includes(code) || /response: 4\d\d/.test(message ?? "");
  return { isFinal, reason: [code, reason || message].filter(Boolean).join(" ") };
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function readCommandLine() {
  const texts = ["url", "token", "after", "count", "cursor-file"];
  const options = Object.fromEntries(texts.map((name) => [name, { type: "string" }]));
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const { url = "ws://127.0.0.1:4000/graphql", token = process.env.TOKEN, after, count } = values;
    const [field = "events", ...more] = positionals;
    if (!Object.hasOwn(TYPES, field) || more.length > 0)
      throw new Error(`FIELD is one of ${Object.keys(TYPES).join(", ")}`);
    if (!token) throw new Error("a token is needed: set TOKEN, or give --token");
    if (!/^wss?:\/\//.test(url) || !URL.canParse(url)) throw new Error("--url starts with ws:// or wss://");
    if (count !== undefined && !/^[1-9]\d*$/.test(count)) throw new Error("--count is a number from 1");
    const cursorFile = values["cursor-file"];
    const kept = cursorFile && existsSync(cursorFile) ? readFileSync(cursorFile, "utf8").trim() : "";
    const cursor = after || kept || undefined;
    return { url, token, field, cursor, cursorFile, count: count && Number(count) };
  } catch (error) {
    say(
      `${error.message}\nUsage: TOKEN=... node examples/listen.mjs [options] [FIELD]; the file's head has the options.`,
    );
    process.exit(2);
  }
}

import pino from "pino";
import { type Client, createClient } from "graphql-ws";
import WebSocket from "ws";
import { loadConfig } from "../../src/config/config";
import type { Instant } from "../../src/values/instant";
import { demoPeople } from "../../src/demo";
import type { ServerTestOverrides } from "../../src/start/make-services";
import { type RunningServer, startServer } from "../../src/start/start-server";
import { failByDefect } from "./refusals";
import { makeTestDatabase, type TestDatabase } from "./test-database";
import { AT_ONCE_MS, PATIENCE_MS, PATIENT_WAITS } from "./patience";

/** What a GraphQL answer holds. Tests say what they expect in it, so the data is loose. */
export interface Answer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the test's document's
  data?: any;
  errors?: {
    message: string;
    path?: unknown[];
    extensions: { code: string; kind: string; [more: string]: unknown };
  }[];
}

/** Live events as they arrive at a listener. */
export interface Listener {
  /** The next message, within some seconds, or an error that says that none came. */
  next(withinMs?: number): Promise<Answer>;
  /** How many messages arrived and were not taken yet. */
  readonly waiting: number;
  /** Why the subscription is over: the server completed it, or the socket closed with this code. */
  readonly over: { closeCode?: number; reason?: string } | undefined;
  stop(): void;
}

/** A person at the API's endpoints. */
export interface Caller {
  ask(document: string, variables?: object): Promise<Answer>;
  /** Subscribes, and resolves when the server follows the events for it, or has answered. */
  listen(document: string, variables?: object): Promise<Listener>;
}

/** A server with the demo in it, on the database under test, on a free port. */
export interface TestServer {
  url: string;
  running: RunningServer;
  /** The text of every statement so far. */
  statements: string[];
  /** Sets the business clock; without a value it runs by itself again. */
  setClock(now?: Instant): void;
  token(person: string, lifetimeSeconds?: number): Promise<string>;
  as(person: string): Promise<Caller>;
  withToken(token: string | undefined): Caller;
  stop(): Promise<void>;
}

/** Nothing happens by itself: tests count statements. */
const QUIET = { WEBHOOK_DELIVERIES_AT_ONCE: "0" };
const NO_DUE_ROWS = { endSubscriptionTerms: 0, expireInvitations: 0 };

/**
 * Starts a whole server, as `npm start` would, with the demo filled in: on a database of its own, or as one more node on
 * a shared one, which is then the caller's to drop. It looks for what has become due by itself only if `jobIntervals` says so,
 * and its requests wait patiently for the database unless `waits` says otherwise.
 */
export async function startTestServer(
  environment: Record<string, string> = {},
  shared?: TestDatabase,
  overrides: Pick<
    ServerTestOverrides,
    "jobIntervals" | "onOperationStep" | "onStatement" | "pingMs" | "waits" | "windowEnd"
  > = {},
): Promise<TestServer> {
  const database = shared ?? (await makeTestDatabase({ migrated: true }));
  const config = loadConfig({ ...database.environment, PORT: "0", ...QUIET, ...environment });
  const statements: string[] = [];
  let fixed: Instant | undefined;
  const running = await startServer(config, pino({ level: "silent" }), {
    jobIntervals: NO_DUE_ROWS,
    waits: PATIENT_WAITS,
    reportDefect: failByDefect,
    ...overrides,
    onStatement: (sql, parameters) => {
      statements.push(sql);
      overrides.onStatement?.(sql, parameters);
    },
    now: () => fixed ?? new Date().toISOString(),
    sharesSqlite: shared !== undefined,
  });
  const clients: Client[] = [];
  const token = async (name: string, lifetimeSeconds = 600) => {
    const person = demoPeople[name];
    if (!person || !running.developmentIssuer) throw new Error(`there is no token for ${name}`);
    return running.developmentIssuer.sign(person, lifetimeSeconds);
  };
  const beginInTurn = makeTurns();
  const withToken = (bearer: string | undefined) => {
    const authorization: Record<string, string> =
      bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    return {
      ask: (query: string, variables = {}) => ask(running.url, authorization, { query, variables }),
      listen: (query: string, variables = {}) =>
        beginInTurn(() => listen(running, authorization, clients, { query, variables: { ...variables } })),
    };
  };
  return {
    url: running.url,
    running,
    statements,
    setClock: (now) => (fixed = now),
    token,
    as: async (person) => withToken(await token(person)),
    withToken,
    stop: async () => {
      for (const client of clients) await client.dispose();
      await running.stop();
      if (!shared) await database.drop();
    },
  };
}

async function ask(url: string, authorization: Record<string, string>, operation: object) {
  const headers = { "content-type": "application/json", ...authorization };
  const body = JSON.stringify(operation);
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
  return withoutCost(await response.json());
}

/** One after the other, so that each can tell by the server's count of listeners that its own was added. */
function makeTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** Every answer tells its cost; the tests of limits look at that, the others at what was asked. */
export function withoutCost(answer: unknown): Answer {
  const asked = { ...(answer as Answer & { extensions?: unknown }) };
  delete asked.extensions;
  return asked;
}

async function listen(
  { url, live }: RunningServer,
  connectionParams: Record<string, string>,
  clients: Client[],
  operation: { query: string; variables: Record<string, unknown> },
): Promise<Listener> {
  const queue: Answer[] = [];
  const takers: ((answer: Answer) => void)[] = [];
  let over: Listener["over"];
  let hasAnswer = false;
  let listenersBefore = live.listenerCount;
  const client = createClient({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 0,
  });
  clients.push(client);
  const arrived = (answer: Answer) => {
    hasAnswer = true;
    const taker = takers.shift();
    if (taker) taker(answer);
    else queue.push(answer);
  };
  const stop = client.subscribe(operation, {
    next: (message) => arrived(withoutCost(message)),
    error: (error) => {
      if (Array.isArray(error)) arrived({ errors: error });
      const { code, reason } = error as { code?: number; reason?: string };
      over = { closeCode: code, reason };
    },
    complete: () => (over ??= {}),
  });
  const latest = performance.now() + AT_ONCE_MS;
  while (live.listenerCount <= listenersBefore && !hasAnswer && !over && performance.now() < latest) {
    // Others may stop meanwhile.
    listenersBefore = Math.min(listenersBefore, live.listenerCount);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    next: (withinMs = PATIENCE_MS) => {
      const ready = queue.shift();
      if (ready) return Promise.resolve(ready);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no message within ${withinMs} ms`)), withinMs);
        takers.push((answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
      });
    },
    get waiting() {
      return queue.length;
    },
    get over() {
      return over;
    },
    stop,
  };
}

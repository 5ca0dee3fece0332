import { type ChildProcess, fork } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { answer, CHILD } from "../child";
import { type DatabaseKind, type BenchEnvironment, makeEnvironment } from "../environment";
import { ask, withoutNewValues } from "./answers";
import type { LoadJob, LoadResult } from "./protocol";
import { type Question, questions, requestsOf } from "./questions";
import { type BenchServer, type ServerKind, serverKinds, startBenchServer } from "./servers";
import { seed, type Supply } from "./seed";

/** How large a run is. */
export interface Scale {
  questions: Question[];
  rounds: number;
  seconds: number;
  connections: number;
  /** How many calls of a mutation a round has at most. */
  calls: number;
}

/** How one server did with one question, a figure a round. */
export interface Figures {
  question: Question;
  server: ServerKind;
  perSecond: number[];
  p50Ms: number[];
  p99Ms: number[];
  cpuMs: number[];
}

/** What was found out on one database. */
export interface Outcome {
  database: DatabaseKind;
  version: string;
  /** Bytes of our answer's data, by the question's name. */
  bytes: Map<string, number>;
  figures: Figures[];
}

/** The most that is asked of every server about every question before anything counts. */
const WARM_UP = { seconds: 2.4, calls: 500 };
/** How many requests of a question are compared between the servers, as far as it has different ones. */
const COMPARED = 4;

/** The questions with these names; all of them without a list. */
export function questionsNamed(names: string[] | undefined): Question[] {
  const unknown = names?.filter((name) => !questions.some((question) => question.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(
      `no such question: ${unknown.join(", ")}. There are ${questions.map(({ name }) => name).join(", ")}`,
    );
  return names ? questions.filter(({ name }) => names.includes(name)) : questions;
}

/** Who follows a run. */
export interface Followers {
  /** Hears how far it is. */
  tell?(text: string): void;
  /** Looks at the database when everything is measured. */
  look?(environment: BenchEnvironment): Promise<void>;
}

/**
 * Fills a new database, starts all servers on it, sees that they give the same answers, and measures them in turns.
 * @throws Error when a server answers differently from ours, or not at all
 */
export async function measure(
  kind: DatabaseKind,
  scale: Scale,
  { tell = () => undefined, look }: Followers = {},
): Promise<Outcome> {
  const environment = await makeEnvironment(kind);
  const servers: BenchServer[] = [];
  const client = fork(join(__dirname, "load.ts"), [], CHILD);
  try {
    const supply = await seed(environment, itemsFor(scale));
    tell(`${environment.version}: filled`);
    await startAll(servers, environment, supply);
    const bytes = new Map<string, number>();
    for (const question of scale.questions) {
      bytes.set(question.name, await compare(question, servers, supply));
      await warmUp(question, servers, supply, { client, scale });
    }
    tell(`${environment.version}: all servers give the same answers, and are warm`);
    const figures: Figures[] = [];
    for (const question of scale.questions) {
      figures.push(...(await measureQuestion(question, servers, supply, { client, scale })));
      tell(`${environment.version}: ${question.name}`);
    }
    await look?.(environment);
    return { database: kind, version: environment.version, bytes, figures };
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    client.kill("SIGKILL");
    await environment.remove();
  }
}

function itemsFor({ rounds, calls, questions: asked }: Scale): number {
  const each = COMPARED + Math.min(calls, WARM_UP.calls) + rounds * calls;
  return asked.some(({ mutates }) => mutates) ? each * serverKinds.length : 0;
}

/** One after the other: TypeScript is compiled on the way, and there are few cores. */
async function startAll(
  servers: BenchServer[],
  environment: BenchEnvironment,
  supply: Supply,
): Promise<void> {
  for (const kind of serverKinds) servers.push(await startBenchServer(kind, environment, supply));
}

interface Dependencies {
  client: ChildProcess;
  scale: Scale;
}

async function warmUp(
  question: Question,
  servers: BenchServer[],
  supply: Supply,
  { client, scale }: Dependencies,
): Promise<void> {
  const calls = Math.min(scale.calls, WARM_UP.calls);
  const seconds = Math.min(scale.seconds * 2, WARM_UP.seconds);
  for (const { url } of servers)
    await load(client, { ...scale, ...jobOf(question, supply, calls), url, seconds });
}

async function measureQuestion(
  question: Question,
  servers: BenchServer[],
  supply: Supply,
  { client, scale }: Dependencies,
): Promise<Figures[]> {
  const figures = servers.map(({ kind }): Figures => {
    return { question, server: kind, perSecond: [], p50Ms: [], p99Ms: [], cpuMs: [] };
  });
  for (let round = 0; round < scale.rounds; round++) {
    // Each round begins with another server: whoever follows a heavy one has no advantage or disadvantage of it.
    for (const [at, server] of rotated([...servers.entries()], round)) {
      const job = { ...scale, ...jobOf(question, supply, scale.calls), url: server.url };
      const before = await server.cpuMs();
      const { count, seconds, p50Ms, p99Ms } = await load(client, job);
      const spent = (await server.cpuMs()) - before;
      figures[at]?.perSecond.push(count / seconds);
      figures[at]?.p50Ms.push(p50Ms);
      figures[at]?.p99Ms.push(p99Ms);
      figures[at]?.cpuMs.push(spent / count);
    }
  }
  return figures;
}

function rotated<T>(list: T[], by: number): T[] {
  const from = by % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}

/** What the client asks about a question; of a mutation at most so many calls. */
export function jobOf(question: Question, supply: Supply, calls: number) {
  const requests = requestsOf(question, supply, calls);
  return { requests, ...(question.mutates && { count: requests.length }) };
}

/** Has the client ask a server, and tells how it went. */
export async function load(client: ChildProcess, job: LoadJob): Promise<LoadResult> {
  const done = answer(client, (result: LoadResult) => "p99Ms" in result);
  const { url, requests, connections, seconds, count } = job;
  client.send({ url, requests, connections, seconds, count });
  return done;
}

/** Asks every server the same and gives the bytes of the data, which must be equal but for new ids and instants. */
async function compare(question: Question, servers: BenchServer[], supply: Supply): Promise<number> {
  let bytes = 0;
  const shared = requestsOf(question, supply, question.mutates ? 0 : COMPARED).slice(0, COMPARED);
  const rounds = question.mutates ? 1 : shared.length;
  for (let round = 0; round < rounds; round++) {
    const answers: unknown[] = [];
    for (const server of servers) {
      const request = question.mutates ? requestsOf(question, supply, 1)[0] : shared[round];
      const data = await ask(server.url, request);
      answers.push(question.mutates ? withoutNewValues(data) : data);
      if (server.kind === "ours") bytes = Buffer.byteLength(JSON.stringify(data));
    }
    for (const [at, other] of answers.entries()) {
      if (isDeepStrictEqual(other, answers[0])) continue;
      const difference = `${JSON.stringify(answers[0])}\n${JSON.stringify(other)}`;
      throw new Error(`${question.name}: ${servers[at]?.kind} answers differently:\n${difference}`);
    }
  }
  return bytes;
}

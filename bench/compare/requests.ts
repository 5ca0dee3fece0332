import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { CHILD } from "../child";
import { type DatabaseKind, type EnvironmentPair, makeEnvironmentPair } from "../environment";
import type { OurServer } from "../our-server";
import { load, questionsNamed } from "../requests/measure";
import type { LoadJob } from "../requests/protocol";
import { type Question, requestsOf } from "../requests/questions";
import { seed, type Supply } from "../requests/seed";
import { tell } from "../tell";
import { compareAnswers, COMPARED, type Difference } from "./answers";
import type { Builds } from "./builds";
import type { CompareOptions } from "./options";
import {
  type Both,
  type ComparedFigure,
  comparedFigure,
  measureRound,
  type Pair,
  type Sample,
  SLICES,
} from "./rounds";
import { startBoth } from "./servers";

/** How much work a round is. */
export interface RequestScale extends Record<string, number> {
  /** How many times the usual number of requests a round has. */
  size: number;
  connections: number;
}

/**
 * The usual number of requests to each program in a round, by scenario: half a second of work. A number rather than a time, since both
 * programs are to do the same work, and be as warm, however little of the machine they get.
 */
const ROUND_REQUESTS: Record<string, number> = {
  ...{ byId: 4_000, search: 1_800, list: 240, listMiddle: 240, listEnd: 240 },
  ...{ acceptInvitation: 280, suspendSubscription: 320 },
};
/** A slice that takes longer than this, in seconds, ends early, so that a run ends. */
const MAX_SLICE_SECONDS = 20;
/** Rounds of each scenario that do not count. The first one of a launch has more: it warms up what all requests go through. */
const WARM_UP_ROUNDS = 1;
const FIRST_WARM_UP_ROUNDS = 4;

/** What came out for one scenario on one database. */
export interface RequestComparison {
  scenario: string;
  /** How the answers of the two programs differ; undefined where they are equal. */
  difference: string | undefined;
  /** Undefined where one of the programs does not answer with data. */
  figures:
    | {
        /** Milliseconds of CPU time of the server's process for one request. */
        cpuMs: ComparedFigure;
        perSecond: ComparedFigure;
        /** Milliseconds of CPU time of the database server for one request; undefined where it is in our process. */
        databaseCpuMs: ComparedFigure | undefined;
      }
    | undefined;
}

/** What came out on one database. */
export interface DatabaseComparison {
  version: string;
  scenarios: RequestComparison[];
}

type Figure = "count" | "seconds" | "cpuMs" | "databaseCpuMs";
type Servers = Both<OurServer>;

interface Run {
  options: CompareOptions<RequestScale>;
  questions: Question[];
  pair: EnvironmentPair;
  supply: Supply;
  client: ChildProcess;
}

/**
 * Sends the same requests to both programs in turns, each with a database of its own that was filled with the same rows.
 * Both are started anew in each launch.
 */
export async function compareRequests(
  builds: Builds,
  kind: DatabaseKind,
  options: CompareOptions<RequestScale>,
): Promise<DatabaseComparison> {
  const questions = questionsNamed(options.only);
  const pair = await makeEnvironmentPair(kind);
  const client = fork(join(__dirname, "../requests/load.ts"), [], CHILD);
  try {
    const [candidate, baseline] = pair.environments;
    const supply = await seed(candidate, itemsFor(questions, options), [baseline]);
    tell(`${candidate.version}: filled`);
    const run: Run = { options, questions, pair, supply, client };
    const launches: Map<string, Pair<Figure>[]>[] = [];
    let differences = new Map<string, Difference>();
    for (let launch = 0; launch < options.launches; launch++) {
      const servers = await startBoth(builds, pair, launch);
      try {
        if (launch === 0) differences = await compareAnswers(questions, supply, servers);
        run.questions = questions.filter(({ name }) => differences.get(name)?.comparable ?? true);
        launches.push(await measureLaunch(run, servers, launch));
      } finally {
        await Promise.all([servers.candidate.kill(), servers.baseline.kill()]);
      }
      tell(`${candidate.version}: launch ${launch + 1} of ${options.launches}`);
    }
    const scenarios = questions.map(({ name }): RequestComparison => {
      const pairs = launches.map((found) => found.get(name) ?? []);
      const { text, comparable = true } = differences.get(name) ?? {};
      return { scenario: name, difference: text, figures: comparable ? figuresOf(pairs) : undefined };
    });
    return { version: candidate.version, scenarios };
  } finally {
    client.kill("SIGKILL");
    await pair.remove();
  }
}

function itemsFor(questions: Question[], { launches, roundsPerLaunch, scale }: Run["options"]): number {
  const slices = launches * (FIRST_WARM_UP_ROUNDS + roundsPerLaunch) * SLICES;
  const mutating = questions.filter(({ mutates }) => mutates);
  return Math.max(0, ...mutating.map((question) => COMPARED + slices * sliceRequests(question, scale.size)));
}

/**
 * How many requests of a scenario a slice has, when a round has `size` times the usual number.
 * @throws Error no usual number is known for the scenario
 */
export function sliceRequests({ name }: Question, size: number): number {
  const usual = ROUND_REQUESTS[name];
  if (usual === undefined) throw new Error(`${name} has no usual number of requests`);
  return Math.ceil((usual * size) / SLICES);
}

async function measureLaunch(
  run: Run,
  servers: Servers,
  launch: number,
): Promise<Map<string, Pair<Figure>[]>> {
  const { questions, options } = run;
  const found = new Map<string, Pair<Figure>[]>();
  for (const [at, question] of questions.entries()) {
    const nextJob = () => sliceJob(question, run);
    const measure = (side: keyof Servers, job: Job) => measureSlice(servers[side], job, run);
    // By turns too: neither has rested longer when the first round begins.
    for (let round = 0; round < (at === 0 ? FIRST_WARM_UP_ROUNDS : WARM_UP_ROUNDS); round++)
      await measureRound(launch + round, nextJob, measure);
    const pairs: Pair<Figure>[] = [];
    for (let round = 0; round < options.roundsPerLaunch; round++)
      pairs.push(...(await measureRound(launch + round, nextJob, measure)));
    found.set(question.name, pairs);
  }
  return found;
}

type Job = Omit<LoadJob, "url">;

/** What both programs do in a slice. The requests of a mutation can be sent once to each program. */
function sliceJob(question: Question, { supply, options: { scale } }: Run): Job {
  const count = sliceRequests(question, scale.size);
  const requests = requestsOf(question, supply, count);
  return { requests, count, connections: scale.connections, seconds: MAX_SLICE_SECONDS };
}

async function measureSlice(
  server: OurServer,
  job: Job,
  { client, pair }: Pick<Run, "client" | "pair">,
): Promise<Sample<Figure>> {
  const spent = () => ({ cpuMs: server.cpuMs(), databaseCpuMs: pair.databaseCpuMs?.() ?? 0 });
  const before = spent();
  const { count, seconds } = await load(client, { ...job, url: server.url });
  const after = spent();
  return {
    count,
    seconds,
    cpuMs: after.cpuMs - before.cpuMs,
    databaseCpuMs: after.databaseCpuMs - before.databaseCpuMs,
  };
}

function figuresOf(launches: Pair<Figure>[][]): NonNullable<RequestComparison["figures"]> {
  const hasDatabase = launches
    .flat()
    .every((pair) => Math.min(pair.candidate.databaseCpuMs, pair.baseline.databaseCpuMs) > 0);
  return {
    cpuMs: comparedFigure(launches, ({ cpuMs, count }) => cpuMs / count),
    perSecond: comparedFigure(launches, ({ seconds, count }) => count / seconds, "largest"),
    databaseCpuMs: hasDatabase
      ? comparedFigure(launches, ({ databaseCpuMs, count }) => databaseCpuMs / count)
      : undefined,
  };
}

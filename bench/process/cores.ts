import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compileProgram } from "../../test/start/program";
import { CHILD } from "../child";
import { databaseProcesses, makeEnvironment } from "../environment";
import { median } from "../median";
import { type OurServer, startCompiled } from "../our-server";
import { cpuMsOf } from "../processes";
import { jobOf, load, questionsNamed } from "../requests/measure";
import type { Question } from "../requests/questions";
import { seed, type Supply } from "../requests/seed";
import { tell } from "../tell";
import { markdownTable } from "../surroundings";

/** How large a run is. */
export interface CoresScale {
  workers: number[];
  questions: string[];
  rounds: number;
  seconds: number;
  calls: number;
  connections: number;
}

/** How a number of workers did with a question, a figure a round; milliseconds of CPU time for one request. */
export interface CoresFigures {
  question: string;
  workers: number;
  perSecond: number[];
  serverMs: number[];
  databaseMs: number[];
  generatorMs: number[];
}

const WARM_UP_CALLS = 100;

interface Dependencies {
  client: ChildProcess;
  scale: CoresScale;
  supply: Supply;
  database: number[];
}

/** Asks servers of one and of more workers, on one MariaDB, the same questions in turns. */
export async function measureCores(scale: CoresScale): Promise<CoresFigures[]> {
  const environment = await makeEnvironment("mariadb");
  const client = fork(join(__dirname, "../requests/load.ts"), [], CHILD);
  const servers: OurServer[] = [];
  try {
    const asked = questionsNamed(scale.questions);
    const mutates = asked.some((question) => question.mutates);
    const items = mutates ? scale.workers.length * (WARM_UP_CALLS + scale.rounds * scale.calls) : 0;
    const supply = await seed(environment, items);
    const dist = await compileProgram(environment.folder);
    for (const workers of scale.workers) {
      const variables = { WORKERS: String(workers) };
      const server = await startCompiled(dist, environment, { variables });
      servers.push(server);
      await untilGreeting(server);
    }
    const database = databaseProcesses(environment);
    const means = { client, scale, supply, database };
    const figures: CoresFigures[] = [];
    for (const question of asked) {
      figures.push(...(await measureQuestion(question, servers, means)));
      tell(`${question.name}: measured`);
    }
    return figures;
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    client.kill("SIGKILL");
    await environment.remove();
  }
}

/** The first worker serves before the others are up; the greeting comes when all are. */
async function untilGreeting({ output }: OurServer): Promise<void> {
  for (let waited = 0; !/^ +GraphQL /m.test(output()); waited += 20) {
    if (waited > 20_000) throw new Error(`the workers did not start:\n${output()}`);
    await pause(20);
  }
}

async function measureQuestion(
  question: Question,
  servers: OurServer[],
  { client, scale, supply, database }: Dependencies,
): Promise<CoresFigures[]> {
  const job = (calls: number, { url }: OurServer) => ({ ...scale, ...jobOf(question, supply, calls), url });
  for (const server of servers) await load(client, job(WARM_UP_CALLS, server));
  const figures = scale.workers.map((workers): CoresFigures => {
    const none = { perSecond: [], serverMs: [], databaseMs: [], generatorMs: [] };
    return { question: question.name, workers, ...none };
  });
  for (let round = 0; round < scale.rounds; round++) {
    for (const [at, server] of servers.entries()) {
      const spent = () => [server.cpuMs(), cpuMsOf(database), cpuMsOf([client.pid ?? 0])];
      const before = spent();
      const { count, seconds } = await load(client, job(scale.calls, server));
      const [serverMs, databaseMs, generatorMs] = spent().map((ms, of) => (ms - (before[of] ?? 0)) / count);
      figures[at]?.perSecond.push(count / seconds);
      figures[at]?.serverMs.push(serverMs ?? NaN);
      figures[at]?.databaseMs.push(databaseMs ?? NaN);
      figures[at]?.generatorMs.push(generatorMs ?? NaN);
    }
  }
  return figures;
}

/** What the figures say, and what they would be on cores that have nothing else to do. */
export function reportOfCores(figures: CoresFigures[], cores: number): string {
  const head = [
    ...["question", "workers", "requests/s", "CPU ms a request: server", "database", "load"],
    ...["cores used", "requests per CPU second of the server"],
    `${cores} cores without the load: requests/s`,
    `${cores} cores without load and database: requests/s`,
  ];
  const rows = figures.map((one) => {
    const [perSecond, server, database, load] = [
      one.perSecond,
      one.serverMs,
      one.databaseMs,
      one.generatorMs,
    ].map(median) as [number, number, number, number];
    return [
      one.question,
      String(one.workers),
      perSecond.toFixed(0),
      ...[server, database, load].map((ms) => ms.toFixed(2)),
      ((perSecond * (server + database + load)) / 1_000).toFixed(2),
      (1_000 / server).toFixed(0),
      could(Math.min(cores, one.workers), server, cores, database).toFixed(0),
      could(Math.min(cores, one.workers), server, cores, 0).toFixed(0),
    ];
  });
  return markdownTable(head, rows);
}

/** A worker runs on one core at a time; the database shares the cores with all of them. */
function could(workers: number, serverMs: number, cores: number, databaseMs: number): number {
  return Math.min((workers * 1_000) / serverMs, (cores * 1_000) / (serverMs + databaseMs));
}

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { CHILD } from "../child";
import { type DatabaseKind, type EnvironmentPair, makeEnvironmentPair } from "../environment";
import { type Listeners, openListeners } from "../fan-out/listeners";
import type { OurServer } from "../our-server";
import { load } from "../requests/measure";
import type { Request } from "../requests/questions";
import { seed, type Supply } from "../requests/seed";
import { tell } from "../tell";
import type { Builds } from "./builds";
import type { CompareOptions } from "./options";
import { type ComparedRow, figureCells, ratioCell } from "./report";
import { type Both, comparedFigure, measureRound, oneAfterTheOther, type Pair, SLICES } from "./rounds";
import type { Comparison } from "./run";
import { startBoth } from "./servers";

/** How large a round is. */
export interface FanOutScale extends Record<string, number> {
  listeners: number;
  /** How many events each program sends to every listener in a round. */
  events: number;
}

type Figure = "deliveries" | "seconds" | "cpuMs";

interface Side {
  server: OurServer;
  listeners: Listeners;
  /** How many messages the listeners should have got so far. */
  sent: number;
}

interface Run {
  supply: Supply;
  client: ChildProcess;
  options: CompareOptions<FanOutScale>;
  /** Makes each change of a customer's name differ from the one before. */
  changes: number;
}

const NAME = "events";
/** Listeners are one user's, and there are many. */
const LIMITS = { LIMIT_SOCKETS_PER_USER: "100000", LIMIT_SOCKETS_PER_NODE: "100000" };
const MAX_SLICE_SECONDS = 60;

const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  customer { id version } userErrors { code message } } }`;

/**
 * `npm run bench:fan-out -- --against COMMIT`: customers are renamed through the API, one after the other, and every
 * listener of their partner gets each event. The mutation is part of what is measured.
 */
export const fanOutComparison: Comparison<FanOutScale> = {
  defaults: {
    ...{ names: [NAME], databases: ["sqlite"], rounds: 15, launches: 5 },
    scale: { listeners: 2_000, events: 40 },
  },
  head: [
    ...["", "µs of CPU a delivery, candidate", "baseline", "ratio of CPU"],
    ...["deliveries/s, candidate", "baseline", "ratio of deliveries/s"],
  ],
  compare,
};

async function compare(
  builds: Builds,
  database: DatabaseKind,
  options: CompareOptions<FanOutScale>,
): Promise<{ version: string; rows: ComparedRow[] }> {
  const pair = await makeEnvironmentPair(database);
  const client = fork(join(__dirname, "../requests/load.ts"), [], CHILD);
  try {
    const [candidate, baseline] = pair.environments;
    const run: Run = { supply: await seed(candidate, 0, [baseline]), client, options, changes: 0 };
    const launches: Pair<Figure>[][] = [];
    for (let launch = 0; launch < options.launches; launch++) {
      launches.push(await measureLaunch(run, builds, pair, launch));
      tell(`${candidate.version}: launch ${launch + 1} of ${options.launches}`);
    }
    return { version: candidate.version, rows: [rowOf(launches)] };
  } finally {
    client.kill("SIGKILL");
    await pair.remove();
  }
}

async function measureLaunch(
  run: Run,
  builds: Builds,
  pair: EnvironmentPair,
  launch: number,
): Promise<Pair<Figure>[]> {
  const servers = await startBoth(builds, pair, launch, LIMITS);
  const opened: Listeners[] = [];
  try {
    const sides = await oneAfterTheOther(launch, async (name): Promise<Side> => {
      const server = servers[name];
      const { supply, options } = run;
      const listeners = await openListeners(server.url, supply.readerToken, options.scale.listeners);
      opened.push(listeners);
      return { server, listeners, sent: 0 };
    });
    const nextJob = () => updates(run);
    const measure = (name: keyof Both<Side>, requests: Request[]) => measureSlice(sides[name], requests, run);
    await measureRound(launch, nextJob, measure); // Warms both up.
    const rounds: Pair<Figure>[] = [];
    for (let round = 0; round < run.options.roundsPerLaunch; round++)
      rounds.push(...(await measureRound(launch + round, nextJob, measure)));
    return rounds;
  } finally {
    for (const listeners of opened) listeners.kill();
    await Promise.all([servers.candidate.kill(), servers.baseline.kill()]);
  }
}

/** What causes the events of a slice. */
function updates(run: Run): Request[] {
  const { supply, options } = run;
  return Array.from({ length: Math.ceil(options.scale.events / SLICES) }, () => {
    const change = run.changes++;
    const customerId = supply.customerIds[change % supply.customerIds.length];
    const variables = { input: { customerId, companyName: `Renamed Company ${change}` } };
    return { body: JSON.stringify({ query: UPDATE, variables }), token: supply.readerToken };
  });
}

async function measureSlice(
  side: Side,
  requests: Request[],
  { client, options }: Run,
): Promise<Record<Figure, number>> {
  const began = performance.now();
  const before = side.server.cpuMs();
  const count = requests.length;
  await load(client, {
    url: side.server.url,
    requests,
    count,
    connections: 1,
    seconds: MAX_SLICE_SECONDS,
  });
  const deliveries = count * options.scale.listeners;
  side.sent += deliveries;
  await side.listeners.untilReceived(side.sent);
  const cpuMs = side.server.cpuMs() - before;
  return { deliveries, cpuMs, seconds: (performance.now() - began) / 1_000 };
}

function rowOf(launches: Pair<Figure>[][]): ComparedRow {
  const cpu = comparedFigure(launches, ({ cpuMs, deliveries }) => (cpuMs * 1_000) / deliveries);
  const perSecond = comparedFigure(launches, ({ seconds, deliveries }) => deliveries / seconds, "largest");
  return {
    name: NAME,
    judged: cpu,
    cells: [
      ...[...figureCells(cpu, 2), ratioCell(cpu.interval)],
      ...[...figureCells(perSecond, 0), ratioCell(perSecond.interval)],
    ],
  };
}

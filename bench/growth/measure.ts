import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { CHILD } from "../child";
import { median } from "../median";
import { load } from "../requests/measure";
import type { LoadResult } from "../requests/protocol";
import { type BenchServer, startBenchServer } from "../requests/servers";
import type { GrowthEnvironment } from "./environment";
import type { GrowthQuestion } from "./questions";
import { replay, REPLAYED } from "./replay";
import { growthSupply, type GrowthSupply } from "./supply";

/** How large a run is. */
export interface GrowthScale {
  small: number;
  large: number;
  questions: GrowthQuestion[];
  replays: boolean;
  rounds: number;
  seconds: number;
  connections: number;
  /** How many calls of a mutation a turn has at most. */
  calls: number;
}

/** Milliseconds of one request, a figure a round: as its client saw it, and of CPU time, server and database together. */
export interface Cost {
  p50Ms: number[];
  cpuMs: number[];
}

/** What one question costs on the small database and on the large one. */
export interface Growth {
  name: string;
  title: string;
  small: Cost;
  large: Cost;
}

/** The most that is asked about a question before anything counts. */
const WARM_UP = { seconds: 1, calls: 50 };

interface Side {
  server: BenchServer;
  supply: GrowthSupply;
}

type Turn = (side: Side, limits: { seconds: number; calls: number }) => Promise<LoadResult>;

/** Asks the same program on both databases the same things in turns. */
export async function measureGrowth(
  environment: GrowthEnvironment,
  scale: GrowthScale,
  tell: (text: string) => void,
): Promise<Growth[]> {
  const client = fork(join(__dirname, "../requests/load.ts"), [], CHILD);
  const sides: Side[] = [];
  try {
    const items = scale.rounds * scale.calls + Math.min(WARM_UP.calls, scale.calls);
    for (const size of ["small", "large"] as const) {
      const supply = await growthSupply(environment[size], scale[size], items);
      sides.push({ supply, server: await startBenchServer("ours", environment[size], supply) });
    }
    const measured: Growth[] = [];
    const add = async (name: string, title: string, turn: Turn) => {
      measured.push({ name, title, ...(await compare(sides, environment, scale, turn)) });
      tell(`${name}: ${ratioOf(measured[measured.length - 1], "p50Ms").toFixed(2)}`);
    };
    const title = `a listener comes back and reads ${REPLAYED} events on, from the middle`;
    const replaying: Turn = ({ server, supply }, { seconds }) => replay(server.url, supply, seconds);
    if (scale.replays) await add("replay", title, replaying);
    for (const question of scale.questions)
      await add(question.name, question.title, turnOf(question, client, scale));
    return measured;
  } finally {
    await Promise.all(sides.map(({ server }) => server.kill()));
    client.kill("SIGKILL");
  }
}

function turnOf(question: GrowthQuestion, client: ChildProcess, { connections }: GrowthScale): Turn {
  return ({ server, supply }, { seconds, calls }) => {
    const requests = question.requests(supply, calls);
    const count = question.mutates ? requests.length : undefined;
    return load(client, { url: server.url, requests, connections, seconds, count });
  };
}

async function compare(
  sides: Side[],
  environment: GrowthEnvironment,
  { rounds, seconds, calls }: GrowthScale,
  turn: Turn,
): Promise<Pick<Growth, "small" | "large">> {
  const [small, large]: [Cost, Cost] = [
    { p50Ms: [], cpuMs: [] },
    { p50Ms: [], cpuMs: [] },
  ];
  for (const side of sides)
    await turn(side, { seconds: Math.min(seconds, WARM_UP.seconds), calls: Math.min(calls, WARM_UP.calls) });
  for (let round = 0; round < rounds; round++) {
    const both = [...sides.entries()];
    // Each begins as often as the other: what the first one leaves behind hurts both alike.
    for (const [at, side] of round % 2 ? both.reverse() : both) {
      const cpuMs = async () => environment.cpuMs() + (await side.server.cpuMs());
      const before = await cpuMs();
      const { count, p50Ms } = await turn(side, { seconds, calls });
      const cost = at === 0 ? small : large;
      cost.p50Ms.push(p50Ms);
      cost.cpuMs.push(((await cpuMs()) - before) / count);
    }
  }
  return { small, large };
}

/** How many times what it costs on the small database it costs on the large one: round by round, then the median. */
export function ratioOf(growth: Growth | undefined, figure: keyof Cost): number {
  const { small, large } = growth ?? { small: { p50Ms: [], cpuMs: [] }, large: { p50Ms: [], cpuMs: [] } };
  return median(large[figure].map((cost, round) => cost / (small[figure][round] ?? NaN)));
}

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CHILD } from "../child";
import { openListeners } from "../fan-out/listeners";
import { type DatabaseKind, makeEnvironment } from "../environment";
import { type OurServer, startOurs } from "../our-server";
import { residentMb } from "../processes";
import { jobOf, load, questionsNamed } from "../requests/measure";
import { seed, type Supply } from "../requests/seed";
import { tell } from "../tell";
import { type Inspector, inspect } from "./inspector";

/** How large a run is. */
export interface MemoryScale {
  database: DatabaseKind;
  /** Of load before anything is compared. */
  seconds: number;
  listeners: number;
  minutes: number;
  connections: number;
}

/** What a process keeps at a moment, in MB: the heap after garbage collection, and what the kernel sees. */
export interface Kept {
  atMinutes: number;
  heapMb: number;
  residentMb: number;
}

/** What a run found, in MB. */
export interface MemoryFigures {
  database: string;
  restMb: number;
  /** The most that was seen under load. */
  loadMb: number;
  listeners: number;
  withoutListeners: Kept;
  withListeners: Kept;
  soak: Kept[];
}

/** A round of the soak: some seconds of everything that people do. */
const ROUND_QUESTIONS = ["list", "byId", "search", "acceptInvitation", "suspendSubscription"];
const ROUND_SECONDS = 1.5;
const ROUND_CALLS = 20;
/** Rounds take at least so long: their mutations have a supply that ends. */
const SHORTEST_ROUND_MS = 3_000;
const CHURNING = 20;
/** After load or a crowd the runtime lets go within some seconds. */
const SETTLING_MS = 3_000;

interface Dependencies {
  server: OurServer;
  supply: Supply;
  client: ChildProcess;
  inspector: Inspector;
}

/** Looks at our server's memory: at rest, under load, with idle listeners, and in a soak with churn. */
export async function measureMemory(scale: MemoryScale): Promise<MemoryFigures> {
  const environment = await makeEnvironment(scale.database);
  const client = fork(join(__dirname, "../requests/load.ts"), [], CHILD);
  let server: OurServer | undefined;
  try {
    const rounds = Math.ceil((scale.minutes * 60_000) / SHORTEST_ROUND_MS) + 1;
    const supply = await seed(environment, rounds * ROUND_CALLS);
    const variables = { LIMIT_SOCKETS_PER_USER: "100000", LIMIT_SOCKETS_PER_NODE: "100000" };
    server = await startOurs(environment, { variables, nodeOptions: ["--inspect-port=0"] });
    await pause(SETTLING_MS);
    const restMb = residentMb(server.pid);
    const inspector = await inspect(server);
    const means = { server, supply, client, inspector };
    const loadMb = await underLoad(means, scale);
    tell("at rest and under load: measured");
    const crowd = await withCrowd(means, scale.listeners);
    tell("listeners: measured");
    const soak = await soaked(means, scale);
    inspector.close();
    return { database: environment.version, restMb, loadMb, listeners: scale.listeners, ...crowd, soak };
  } finally {
    client.kill("SIGKILL");
    await server?.kill();
    await environment.remove();
  }
}

async function keptBy({ server, inspector }: Dependencies, began: number): Promise<Kept> {
  const { heapUsedMb: heapMb } = await inspector.collect();
  return { atMinutes: (performance.now() - began) / 60_000, heapMb, residentMb: residentMb(server.pid) };
}

async function underLoad(means: Dependencies, { seconds, connections }: MemoryScale): Promise<number> {
  const { server, supply, client } = means;
  let most = 0;
  const looking = setInterval(() => (most = Math.max(most, residentMb(server.pid))), 200);
  for (const question of questionsNamed(["list", "byId", "search"]))
    await load(client, { ...jobOf(question, supply, 0), url: server.url, seconds, connections });
  clearInterval(looking);
  return most;
}

async function withCrowd(
  means: Dependencies,
  listeners: number,
): Promise<Pick<MemoryFigures, "withoutListeners" | "withListeners">> {
  const began = performance.now();
  await pause(SETTLING_MS);
  const withoutListeners = await keptBy(means, began);
  const { url } = means.server;
  const crowd = await openListeners(url, means.supply.readerToken, listeners);
  await pause(SETTLING_MS);
  const withListeners = await keptBy(means, began);
  crowd.kill();
  await pause(SETTLING_MS);
  return { withoutListeners, withListeners };
}

async function soaked(means: Dependencies, { minutes, connections }: MemoryScale): Promise<Kept[]> {
  const { server, supply, client } = means;
  const churn = fork(join(__dirname, "churn.ts"), [server.url, supply.readerToken, String(CHURNING)], CHILD);
  const asked = questionsNamed(ROUND_QUESTIONS);
  const kept: Kept[] = [];
  const began = performance.now();
  try {
    while (performance.now() - began < minutes * 60_000) {
      const nextRound = pause(SHORTEST_ROUND_MS);
      for (const question of asked) {
        const job = jobOf(question, supply, ROUND_CALLS);
        await load(client, { ...job, url: server.url, seconds: ROUND_SECONDS, connections });
      }
      await nextRound;
      if (churn.exitCode !== null) throw new Error("the listeners that come and go are gone");
      kept.push(await keptBy(means, began));
    }
    return kept;
  } finally {
    churn.kill("SIGKILL");
  }
}

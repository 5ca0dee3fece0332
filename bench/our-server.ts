import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compileProgram } from "../test/start/program";
import type { BenchEnvironment } from "./environment";
import { family, threadCpuMsOf } from "./processes";

/** Our program as it is delivered, in processes of its own. */
export interface OurServer {
  url: string;
  pid: number;
  /** Milliseconds of CPU time that its processes have used. */
  cpuMs(): number;
  /** What it has logged and printed so far. */
  output(): string;
  /** Ends it, and waits until it is gone. */
  kill(): Promise<void>;
}

/** What is set besides, and options of Node such as `--cpu-prof`. */
export interface OurOptions {
  variables?: Record<string, string>;
  nodeOptions?: string[];
}

/**
 * Nothing that a request meets is off: sign-in, permissions, limits, budget (high, but counted), log, metrics. Tokens come
 * from the development issuer, which production refuses, so NODE_ENV stays unset, for the references too.
 */
const OURS = {
  HOST: "127.0.0.1",
  PORT: "0",
  DEMO: "off",
  EXPLORER: "off",
  DEVELOPMENT_ISSUER: "on",
  LIMIT_BUDGET: "100000000",
  METRICS_PORT: "0",
};

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 3;
/** Several servers log apart. */
let started = 0;

/** Compiles it into the environment's folder, and starts it with its log in a file there. */
export async function startOurs(environment: BenchEnvironment, options: OurOptions = {}): Promise<OurServer> {
  return startCompiled(await compileProgram(environment.folder), environment, options);
}

/**
 * Starts a compiled program, of this or of another commit, and waits until it answers at `/healthz`.
 * @throws Error it does not; the message has what it printed
 */
export async function startCompiled(
  dist: string,
  environment: BenchEnvironment,
  options: OurOptions,
): Promise<OurServer> {
  const port = await freePort();
  const variables = { ...options.variables, PORT: String(port) };
  const server = spawnOurs(dist, environment, { ...options, variables });
  try {
    await untilHealthy(port, server);
  } catch (error) {
    await server.kill();
    throw error;
  }
  return { ...server, url: `http://127.0.0.1:${port}` };
}

/**
 * Waits until a program answers at `/healthz`.
 * @throws Error it ended, or did not answer within 30 s; the message has what it printed
 */
export async function untilHealthy(port: number, server: SpawnedServer): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!server.hasEnded() && performance.now() < until) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (response?.ok) return;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`our server did not start:\n${server.output()}`);
}

/** A loopback port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** A server that may not be up yet. */
export type SpawnedServer = Omit<OurServer, "url"> & { hasEnded(): boolean };

/** Starts it as `startCompiled` does, and does not wait until it is up. */
export function spawnOurs(
  dist: string,
  environment: BenchEnvironment,
  { variables, nodeOptions = [] }: OurOptions,
): SpawnedServer {
  const log = join(environment.folder, `server-${++started}.log`);
  const file = openSync(log, "a");
  const child = spawn(process.execPath, [...nodeOptions, join(dist, "src/main.js")], {
    cwd: environment.folder,
    env: { PATH: process.env.PATH ?? "", ...OURS, ...environment.variables, ...variables },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  const endHard = () => child.kill("SIGKILL");
  // The others end with the line to us; this one has none. Before its folder is deleted, so that it writes nothing more.
  process.prependOnceListener("exit", endHard);
  const output = () => readFileSync(log, "utf8");
  const { pid = 0 } = child;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const kill = async () => {
    await end(child);
    process.off("exit", endHard);
  };
  return { pid, output, cpuMs: () => threadCpuMsOf(family(pid)), kill, hasEnded };
}

/** Workers end with their primary, in their own time; only a process that ends by itself writes its profile. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  const isAlone = family(child.pid ?? 0).length === 1;
  child.kill(isAlone && !child.spawnargs.includes("--cpu-prof") ? "SIGKILL" : "SIGTERM");
  await gone;
}

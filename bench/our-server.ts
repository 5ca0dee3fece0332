import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compileProgram } from "../test/server/program";
import type { Ground } from "./ground";
import { cpuMsOf, family } from "./processes";

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
  environment?: Record<string, string>;
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

const PATIENCE_MS = 20_000;
/** Several servers log apart. */
let started = 0;

/** Compiles it into the ground's folder, and starts it with its log in a file there. */
export async function startOurs(ground: Ground, options: OurOptions = {}): Promise<OurServer> {
  return startCompiled(await compileProgram(ground.folder), ground, options);
}

/** Starts it as it was compiled before. */
export async function startCompiled(dist: string, ground: Ground, options: OurOptions): Promise<OurServer> {
  const server = spawnOurs(dist, ground, options);
  for (let waited = 0; waited < PATIENCE_MS && !server.hasEnded(); waited += 20) {
    const url = /^ +GraphQL +(http\S+)\/graphql /m.exec(server.output())?.[1];
    if (url) return { ...server, url };
    await pause(20);
  }
  await server.kill();
  throw new Error(`our server did not start:\n${server.output()}`);
}

/** Starts it as `startCompiled` does, and does not wait until it is up. */
export function spawnOurs(
  dist: string,
  ground: Ground,
  { environment, nodeOptions = [] }: OurOptions,
): Omit<OurServer, "url"> & { hasEnded(): boolean } {
  const log = join(ground.folder, `server-${++started}.log`);
  const file = openSync(log, "a");
  const child = spawn(process.execPath, [...nodeOptions, join(dist, "src/main.js")], {
    cwd: ground.folder,
    env: { PATH: process.env.PATH ?? "", ...OURS, ...ground.environment, ...environment },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  const endHard = () => child.kill("SIGKILL");
  process.once("exit", endHard); // The others end with the line to us; this one has none.
  const output = () => readFileSync(log, "utf8");
  const { pid = 0 } = child;
  const kill = async () => {
    await end(child);
    process.off("exit", endHard);
  };
  return { pid, output, cpuMs: () => cpuMsOf(family(pid)), kill, hasEnded: () => child.exitCode !== null };
}

/** Workers end with their primary, in their own time; only a process that ends by itself writes its profile. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  const isAlone = family(child.pid ?? 0).length === 1;
  child.kill(isAlone && !child.spawnargs.includes("--cpu-prof") ? "SIGKILL" : "SIGTERM");
  await gone;
}

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compileProgram } from "../../test/server/program";
import { answer, CHILD, cpuOfProcess } from "../child";
import type { Ground } from "./ground";
import type { Command, Report } from "./protocol";
import type { Supply } from "./seed";

/** Ours, and what it is held against: (f), (a) and (m). */
export const serverKinds = ["ours", "handWritten", "naive", "mercurius"] as const;
/** One of them. */
export type ServerKind = (typeof serverKinds)[number];

/** A server in a process of its own. */
export interface BenchServer {
  kind: ServerKind;
  url: string;
  /** Milliseconds of CPU time that its process has used. */
  cpuMs(): Promise<number>;
  /** Ends it, and waits until it is gone. */
  kill(): Promise<void>;
}

const FILES: Record<Exclude<ServerKind, "ours">, string> = {
  handWritten: "hand-written.ts",
  naive: "naive.ts",
  mercurius: "mercurius.ts",
};

/**
 * Nothing that a request meets is off: sign-in, permissions, limits, budget (high, but counted), log. Tokens come from the
 * development issuer, which production refuses, so NODE_ENV stays unset, for the references too.
 */
const OURS = {
  HOST: "127.0.0.1",
  PORT: "0",
  DEMO: "off",
  EXPLORER: "off",
  DEVELOPMENT_ISSUER: "on",
  LIMIT_BUDGET: "100000000",
};

const PATIENCE_MS = 20_000;

/** Starts a server on a database that is filled already; `nodeOptions` are for ours, such as `--cpu-prof`. */
export function startBenchServer(
  kind: ServerKind,
  ground: Ground,
  supply: Supply,
  nodeOptions: string[] = [],
): Promise<BenchServer> {
  return kind === "ours" ? startOurs(ground, nodeOptions) : startReference(kind, ground, supply);
}

/** Our program as it is delivered, with its log in a file. */
async function startOurs(ground: Ground, nodeOptions: string[]): Promise<BenchServer> {
  const dist = await compileProgram(ground.folder);
  const log = join(ground.folder, "server.log");
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [...nodeOptions, join(dist, "src/main.js")], {
    cwd: ground.folder,
    env: { PATH: process.env.PATH ?? "", ...OURS, ...ground.environment },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  process.once("exit", () => child.kill("SIGKILL")); // The others end with the line to us; this one has none.
  for (let waited = 0; waited < PATIENCE_MS; waited += 20) {
    const url = /^ +GraphQL +(http\S+)\/graphql /m.exec(readFileSync(log, "utf8"))?.[1];
    if (url) return { kind: "ours", url, cpuMs: async () => cpuOfProcess(child.pid), kill: () => end(child) };
    if (child.exitCode !== null) break;
    await pause(20);
  }
  child.kill("SIGKILL");
  throw new Error(`our server did not start:\n${readFileSync(log, "utf8")}`);
}

/** Only a process that ends by itself writes its profile. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(child.spawnargs.includes("--cpu-prof") ? "SIGTERM" : "SIGKILL");
  await gone;
}

async function startReference(
  kind: Exclude<ServerKind, "ours">,
  ground: Ground,
  supply: Supply,
): Promise<BenchServer> {
  const child = fork(join(__dirname, "../references", FILES[kind]), [], {
    ...CHILD,
    env: { PATH: process.env.PATH ?? "", ...ground.environment, BENCH_PARTNER_ID: supply.readerId },
  });
  const { url } = await answer(child, (report: Report): report is { url: string } => "url" in report);
  return {
    kind,
    url,
    cpuMs: async () => {
      const heard = answer(child, (report: Report): report is { cpuMs: number } => "cpuMs" in report);
      child.send({ cpu: true } satisfies Command);
      return (await heard).cpuMs;
    },
    kill: () => end(child),
  };
}

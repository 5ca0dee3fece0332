import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { answer, CHILD } from "../child";
import { startOurs } from "../our-server";
import type { BenchEnvironment } from "../environment";
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

/** Starts a server on a database that is filled already; `nodeOptions` are for ours, such as `--cpu-prof`. */
export function startBenchServer(
  kind: ServerKind,
  environment: BenchEnvironment,
  supply: Supply,
  nodeOptions: string[] = [],
): Promise<BenchServer> {
  return kind === "ours"
    ? startOurServer(environment, nodeOptions)
    : startReference(kind, environment, supply);
}

async function startOurServer(environment: BenchEnvironment, nodeOptions: string[]): Promise<BenchServer> {
  const { url, cpuMs, kill } = await startOurs(environment, { nodeOptions });
  return { kind: "ours", url, cpuMs: () => Promise.resolve(cpuMs()), kill };
}

async function startReference(
  kind: Exclude<ServerKind, "ours">,
  environment: BenchEnvironment,
  supply: Supply,
): Promise<BenchServer> {
  const child = fork(join(__dirname, "../references", FILES[kind]), [], {
    ...CHILD,
    env: { PATH: process.env.PATH ?? "", ...environment.variables, BENCH_PARTNER_ID: supply.readerId },
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
    kill: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

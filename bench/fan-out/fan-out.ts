import "reflect-metadata";
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoPeople } from "../../src/demo";
import { openDevelopmentIssuer } from "../../src/identity";
import { answer, CHILD } from "../child";
import { type Listeners, openListeners } from "./listeners";
import type { Command, Report } from "./protocol";

/** How one kind of server did. */
export interface FanOutResult {
  server: ServerKind;
  /** Milliseconds of the server's CPU time for 1,000 deliveries, one figure a round. */
  cpuMsPer1000: number[];
}

/** Ours, bare `ws` as the floor, and the usual way with graphql-ws. */
export type ServerKind = "ours" | "raw" | "usual";

/** How large a run is. */
export interface FanOutScale {
  listeners: number;
  events: number;
  rounds: number;
}

const HERE = __dirname;

interface Measured {
  kind: ServerKind;
  server: ChildProcess;
  listeners: Listeners;
}

/**
 * Has each kind of server send the same events to the same number of listeners, in turns, and measures the CPU time of the
 * server's process, whatever else the machine does. The commit of each event is part of ours.
 */
export async function measureFanOut({ listeners, events, rounds }: FanOutScale): Promise<FanOutResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-bench-"));
  const running: Measured[] = [];
  try {
    const token = await tokenIn(folder);
    const ours = await begin("ours", folder, token, listeners, {});
    running.push(ours);
    await fanOut(ours, 1, listeners);
    const message = { BENCH_MESSAGE: ours.listeners.sample() ?? "" };
    for (const kind of ["raw", "usual"] as const)
      running.push(await begin(kind, folder, token, listeners, message));
    for (const one of running) await fanOut(one, 20, listeners);
    const results = running.map(({ kind }) => ({ server: kind, cpuMsPer1000: [] as number[] }));
    for (let round = 0; round < rounds; round++) {
      for (const [at, one] of running.entries()) {
        const before = await cpuOf(one.server);
        await fanOut(one, events, listeners);
        const spent = (await cpuOf(one.server)) - before;
        results[at]?.cpuMsPer1000.push((spent / (events * listeners)) * 1_000);
      }
    }
    return results;
  } finally {
    for (const one of running) {
      one.listeners.kill();
      one.server.kill("SIGKILL");
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tokenIn(folder: string): Promise<string> {
  const issuer = await openDevelopmentIssuer(folder);
  const person = demoPeople["direct-agent"];
  if (!person) throw new Error("the demo has no direct-agent");
  return issuer.sign(person, 3_600);
}

async function begin(
  kind: ServerKind,
  folder: string,
  token: string,
  listeners: number,
  more: NodeJS.ProcessEnv,
): Promise<Measured> {
  const variables = {
    ...process.env,
    ...more,
    DATA_DIR: folder,
    PORT: "0",
    LIMIT_SOCKETS_PER_USER: "100000",
    LIMIT_BUDGET: "100000000",
  };
  const server = fork(join(HERE, `server-${kind}.ts`), [], {
    ...CHILD,
    env: variables,
  });
  const { url } = await answer(server, (report: Report): report is { url: string } => "url" in report);
  return { kind, server, listeners: await openListeners(url, token, listeners) };
}

/** Has a server send events, and waits until all listeners have all of them. */
async function fanOut(one: Measured, events: number, listeners: number): Promise<void> {
  const wanted = one.listeners.received() + events * listeners;
  one.server.send({ fanOut: events } satisfies Command);
  await answer(one.server, (report: Report) => "fannedOut" in report);
  await one.listeners.untilReceived(wanted);
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send({ cpu: true } satisfies Command);
  return (await answer(server, (report: Report): report is { cpuMs: number } => "cpuMs" in report)).cpuMs;
}

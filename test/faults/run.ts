import "reflect-metadata";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runTool, UsageError } from "../support/run-tool";
import { startMariadb } from "../support/mariadb-server";
import { cutCommits } from "./commit-cut";
import { killDatabase } from "./database-killed";
import { stormOfDeadlocks } from "./deadlocks";
import { cutPower } from "./cut-power";
import { catchUp } from "./catch-up";
import { hurtGalera } from "./galera";
import { contendOnGalera } from "./galera-contention";
import { readOnGalera } from "./galera-reads";
import { interruptRuns } from "./fault-environment";
import { setClocks } from "./clocks";
import { hostileInput } from "./hostile-input";
import { killServer } from "./kill-server";
import { cutListeners } from "./listeners";
import { hurtReceivers } from "./receivers";
import { lockOrganization } from "./locked-organization";
import { race } from "./races";
import { loseRedis } from "./redis";
import { rollingRestart } from "./rolling-restart";
import { rollingUpgrade } from "./rolling-upgrade";
import { slowSockets } from "./slow-sockets";
import { hurtSqliteFile } from "./sqlite-file";
import { soak } from "./soak";

/** A fault that can be tried by hand: how much of it at full size, and what it does. */
interface Fault {
  /** Every option is a whole number; these are the full size. */
  full: Record<string, number>;
  /** The one database that can have it; either when absent. */
  only?: "sqlite";
  run(options: Record<string, number>, database: string): Promise<object>;
  /** Whether it starts database servers of its own, and none is started for it. */
  hasOwnServers?: boolean;
}

const faults: Record<string, Fault> = {
  "catch-up": {
    full: {
      ...{
        organizations: 10,
        users: 2,
        listeners: 200,
        events: 10_000,
        live: 500,
        stalled: 50,
        receivers: 5,
      },
      ...{ rate: 20, probeP99: 100, probeMax: 250, liveP99: 250, growthWithin: 200, longest: 600 },
    },
    run: (options) => catchUp(options as never),
  },
  "kill-server": {
    full: { invitations: 10_000, kills: 50, clients: 50, readyWithin: 5_000, longest: 1_800 },
    run: (options) => killServer(options as never),
  },
  listeners: {
    full: {
      ...{ nodes: 2, organizations: 50, listeners: 1_000, cuts: 20 },
      ...{ events: 50_000, rate: 100, longest: 1_800 },
    },
    run: (options) => cutListeners(options as never),
  },
  redis: {
    full: {
      ...{ nodes: 2, organizations: 20, listeners: 200, kills: 20 },
      ...{ events: 16_000, rate: 80, addedWithin: 1_500, longest: 900 },
    },
    run: (options) => loseRedis(options as never),
  },
  receivers: {
    full: { kills: 30, longest: 600 },
    run: (options) => hurtReceivers(options as never),
  },
  "power-cut": {
    full: { cuts: 100, clients: 8, longest: 600 },
    only: "sqlite",
    run: (options) => cutPower(options as never),
  },
  "sqlite-file": {
    full: { rounds: 5, longest: 600 },
    only: "sqlite",
    run: (options) => hurtSqliteFile(options as never),
  },
  soak: {
    full: {
      ...{
        minutes: 15,
        warmUp: 60,
        calibration: 10,
        listeners: 200,
        churn: 30,
        memoryWithin: 30,
        descriptorsWithin: 10,
      },
      ...{ lagWithin: 20, probeP99: 100, probeMax: 250, longest: 1_200 },
    },
    run: ({ minutes = 0, ...options }) => soak({ ...options, seconds: minutes * 60 } as never),
  },
  "slow-sockets": {
    full: {
      ...{ listeners: 1_000, slow: 50, events: 20_000, bytes: 10_000, rate: 20, warmUp: 200 },
      ...{ growthWithin: 100, p99Within: 250, letGo: 50, longest: 3_600 },
    },
    run: (options) => slowSockets(options as never),
  },
  "database-killed": {
    full: { kills: 20, clients: 30, rate: 200, between: 5_000, backWithin: 3_000, longest: 900 },
    run: (options) => killDatabase(options as never),
  },
  "commit-cut": {
    full: { cuts: 500, clients: 8, longest: 600 },
    run: (options) => cutCommits(options as never),
  },
  deadlocks: {
    full: { transactions: 10_000, clients: 16, pairs: 4, refusedPerMillion: 1_000, longest: 600 },
    run: (options) => stormOfDeadlocks(options as never),
  },
  "locked-organization": {
    full: {
      ...{ poolSize: 10, writers: 30, requests: 2_000, organizations: 8 },
      ...{ answeredWithin: 2_500, p99Within: 250, busyOthers: 0, longest: 300 },
    },
    run: (options) => lockOrganization(options as never),
  },
  clocks: {
    full: { nodes: 3, settings: 24, longest: 900 },
    run: (options) => setClocks(options as never),
  },
  "hostile-input": {
    full: { inputs: 100_000, atOnce: 24, seed: randomInt(1_000_000), growthWithin: 200, longest: 900 },
    run: (options) => hostileInput(options as never),
  },
  races: {
    full: {
      ...{ nodes: 3, invitations: 500, accepts: 100, races: 5_000, atOnce: 8, longest: 1_200 },
    },
    run: (options) => race(options as never),
  },
  "rolling-restart": {
    full: {
      ...{ nodes: 3, organizations: 100, listeners: 3_000, rounds: 10, requests: 300, rate: 50 },
      ...{ delay: 4, spread: 6, retries: 3, peakPercent: 20, longest: 1_200 },
    },
    run: (options) => rollingRestart(options as never),
  },
  "rolling-upgrade": {
    full: {
      ...{ listeners: 300, requests: 60, seconds: 60, longest: 1_200 },
    },
    run: (options) => rollingUpgrade(options as never),
  },
  galera: {
    full: {
      ...{ times: 20, clients: 8, rest: 100, goOnWithin: 10_000, notReadyWithin: 10_000 },
      longest: 1_200,
    },
    run: (options) => hurtGalera(options as never),
    hasOwnServers: true,
  },
  "galera-contention": {
    full: { clients: 12, seconds: 20, busyPerMille: 10, longest: 300 },
    run: (options) => contendOnGalera(options as never),
    hasOwnServers: true,
  },
  "galera-reads": {
    full: { reads: 1_000, writers: 6 },
    run: (options) => readOnGalera(options as never),
    hasOwnServers: true,
  },
};

const USAGE = `npm run fault -- NAME [--database sqlite|mariadb] [--OPTION NUMBER ...]

Tries a fault on a real server, and prints what it measured. The faults, and what their options are without being said:

${Object.entries(faults)
  .map(([name, { full }]) => `  ${name.padEnd(14)} ${optionsOf(full)}`)
  .join("\n")}`;

function optionsOf(full: Record<string, number>): string {
  return Object.entries(full)
    .map(([option, value]) => `--${option} ${value}`)
    .join(" ");
}

/** `npm run fault`: tries a fault, and prints what it measured. */
async function main([name = "", ...args]: string[]): Promise<void> {
  if (name === "help") return void process.stdout.write(`Usage: ${USAGE}\n`);
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined;
  if (!fault) throw new UsageError(`Say which fault: ${Object.keys(faults).join(", ")}.`);
  const { database, ...options } = readOptions(fault, args);
  // The tests' own way to a database: the scenarios are the same under jest.
  Object.assign(globalThis, { testDatabase: database });
  const mariadb = database === "mariadb" && !fault.hasOwnServers ? await startMariadb() : undefined;
  process.env.PARTNERGRAPH_TEST_MARIADB_URL = mariadb?.url;
  try {
    process.stdout.write(`${name} on ${database}: ${JSON.stringify(options)}\n`);
    const report = await fault.run(options, database);
    process.stdout.write(`held. ${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    await mariadb?.stop();
  }
}

function readOptions({ full, only }: Fault, args: string[]): { database: string } & Record<string, number> {
  const { values } = parseArgs({
    args,
    options: {
      database: { type: "string", default: only ?? "mariadb" },
      ...Object.fromEntries(Object.keys(full).map((option) => [option, { type: "string" as const }])),
    },
  });
  const { database, ...given } = values as Record<string, string> & { database: string };
  if (database !== "mariadb" && database !== "sqlite")
    throw new UsageError("--database is mariadb or sqlite.");
  if (only !== undefined && database !== only) throw new UsageError(`This fault is of ${only} alone.`);
  const numbers = Object.entries(given).map(([option, text]) => {
    if (!/^\d+$/.test(text)) throw new UsageError(`--${option} takes a whole number.`);
    return [option, Number(text)] as const;
  });
  return { ...full, ...Object.fromEntries(numbers), database } as never;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => interruptRuns(signal));

runTool(USAGE, main, "stack");

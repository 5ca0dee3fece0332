import "reflect-metadata";
import { parseArgs } from "node:util";
import { runTool, UsageError } from "../support/run-tool";
import { startMariadb } from "../support/mariadb-server";
import { catchUp } from "./catch-up";
import { interruptRuns } from "./ground";
import { killServer } from "./kill-server";
import { cutListeners } from "./listeners";
import { hurtReceivers } from "./receivers";
import { loseRedis } from "./redis";
import { slowSockets } from "./slow-sockets";
import { soak } from "./soak";

/** A fault that can be tried by hand: how much of it at full size, and what it does. */
interface Fault {
  /** Every option is a whole number; these are the full size. */
  full: Record<string, number>;
  run(options: Record<string, number>, database: string): Promise<object>;
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
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined;
  if (!fault) throw new UsageError(`Say which fault: ${Object.keys(faults).join(", ")}.`);
  const { database, ...options } = readOptions(fault, args);
  // The tests' own way to a database: the scenarios are the same under jest.
  Object.assign(globalThis, { testDatabase: database });
  const mariadb = database === "mariadb" ? await startMariadb() : undefined;
  process.env.PARTNERGRAPH_TEST_MARIADB_URL = mariadb?.url;
  try {
    process.stdout.write(`${name} on ${database}: ${JSON.stringify(options)}\n`);
    const report = await fault.run(options, database);
    process.stdout.write(`held. ${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    await mariadb?.stop();
  }
}

function readOptions({ full }: Fault, args: string[]): { database: string } & Record<string, number> {
  const { values } = parseArgs({
    args,
    options: {
      database: { type: "string", default: "mariadb" },
      ...Object.fromEntries(Object.keys(full).map((option) => [option, { type: "string" as const }])),
    },
  });
  const { database, ...given } = values as Record<string, string> & { database: string };
  if (database !== "mariadb" && database !== "sqlite")
    throw new UsageError("--database is mariadb or sqlite.");
  const numbers = Object.entries(given).map(([option, text]) => {
    if (!/^\d+$/.test(text)) throw new UsageError(`--${option} takes a whole number.`);
    return [option, Number(text)] as const;
  });
  return { ...full, ...Object.fromEntries(numbers), database } as never;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => interruptRuns(signal));

runTool(USAGE, main, "stack");

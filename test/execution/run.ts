import "reflect-metadata";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runTool, UsageError } from "../support/run-tool";
import { startMariadb } from "../support/mariadb-server";
import { describeEndpoints, type EndpointShares, fuzzEndpoints } from "./fuzz-endpoints";
import { describeDifferences, fuzzExecutor, type FuzzReport } from "./fuzz-executor";

const USAGE = `npm run fuzz:execution -- [--operations 100000] [--seed N] [--database sqlite|mariadb] [--calm]

Compares repeated operations with graphql-js. Most are executed with recording resolvers, without a database; of 100
operations, two are sent to whole servers on each database. Ends with 1 on a difference.

  --operations N     how many; 10000 without it
  --seed N           repeats the operations of a run, which printed its seed
  --database NAME    sqlite or mariadb; both without it
  --calm             no recording resolver fails or waits`;

const PROGRESS_EVERY_MS = 10_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      operations: { type: "string", default: "10000" },
      seed: { type: "string", default: String(randomInt(1_000_000)) },
      database: { type: "string" },
      calm: { type: "boolean", default: false },
    },
  });
  const [operations, seed] = [Number(values.operations), Number(values.seed)];
  const databases = DATABASES.filter((name) => name === (values.database ?? name));
  if (databases.length === 0) throw new UsageError("--database is sqlite or mariadb.");
  say(`Comparing ${operations} operations, seed ${seed}.`);
  let lastToldAt = performance.now();
  const onProgress = ({ operations: done, kinds }: FuzzReport) => {
    if (performance.now() - lastToldAt < PROGRESS_EVERY_MS) return;
    lastToldAt = performance.now();
    say(`${done} of ${operations} operations, ${kinds.size} kinds of differences`);
  };
  const shares = sharesOf(operations);
  const atEndpoints = (shares.queries + shares.mutations + shares.live) * databases.length;
  const report = await fuzzExecutor({
    seed,
    operations: operations - atEndpoints,
    isCalm: values.calm,
    onProgress,
  });
  say(describeDifferences(report));
  say(summaryOf(report));
  if (report.kinds.size > 0) process.exitCode = 1;
  for (const database of databases) await runEndpoints(database, shares, seed);
}

const DATABASES = ["sqlite", "mariadb"] as const;

/** Of 1,000 operations: 12 queries, 6 mutations and 2 live operations, on each database. */
function sharesOf(operations: number): EndpointShares {
  const share = (ofThousand: number) => Math.ceil((operations * ofThousand) / 1_000);
  return { queries: share(12), mutations: share(6), live: share(2) };
}

async function runEndpoints(database: (typeof DATABASES)[number], shares: EndpointShares, seed: number) {
  (globalThis as { testDatabase?: string }).testDatabase = database;
  const mariadb = database === "mariadb" ? await startMariadb() : undefined;
  if (mariadb) process.env.PARTNERGRAPH_TEST_MARIADB_URL = mariadb.url;
  try {
    const report = await fuzzEndpoints(shares, seed, say);
    const { operations, answered, differences, rows } = report;
    say(describeEndpoints(report));
    say(
      `${operations} operations at the endpoints on ${database}, ${answered} answers without an error, ${differences.length} differences, ${rows.length} tables with different rows.`,
    );
    if (differences.length + rows.length > 0) process.exitCode = 1;
  } finally {
    await mariadb?.stop();
  }
}

function summaryOf({
  operations,
  documents,
  rejected,
  schemaParts,
  missingParts,
  kinds,
}: FuzzReport): string {
  const differences = [...kinds].map(
    ([kind, { count, first }]) => `  ${count} × ${kind}, first at operation ${first.operation}`,
  );
  return [
    `${operations} operations of ${documents - rejected} documents; ${rejected} more documents were invalid.`,
    `${schemaParts - missingParts.length} of ${schemaParts} parts of the schema were generated${notGenerated(missingParts)}.`,
    differences.length > 0 ? `Differences:\n${differences.join("\n")}` : "No difference.",
  ].join("\n");
}

/** How many parts a line names; a short run leaves out hundreds. */
const MAX_NAMED = 10;

function notGenerated(parts: readonly string[]): string {
  const named = parts.slice(0, MAX_NAMED).map((part) => `, not ${part}`);
  const more = parts.length - named.length;
  return `${named.join("")}${more > 0 ? `, nor ${more} more` : ""}`;
}

runTool(USAGE, main);

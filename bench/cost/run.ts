import "reflect-metadata";
import { buildApiSchema } from "../../src/transport/graphql/schema";
import { type DatabaseKind, databaseKinds, makeEnvironment } from "../environment";
import { readScale } from "../process/options";
import { runScript } from "../run-script";
import { tell } from "../tell";
import { measureCosts } from "./measure";
import { reportOfCosts } from "./report";

const DEFAULTS = { databases: [...databaseKinds] as string[], cpu: 60, depth: 4 };

const USAGE = `What a point is worth: the CPU time of every root field, of nested lists and of every mutation.

  --databases A,B    sqlite, mariadb
  --cpu N            milliseconds of CPU time to warm each operation up, and to measure it
  --depth N          objects within each other
  --write            puts the report into docs/performance.md`;

/**
 * `npm run bench:cost`: what a point is worth. Measures the CPU time of server and database for every root field, the
 * worst nestings that a generator finds and every mutation, on both databases, and compares each one's CPU time per point
 * with that of `customers(first: 500)`. `--cpu 60`: milliseconds of CPU time to warm each up, and to measure it; `--depth 4`: objects within each other.
 */
runScript("npm run bench:cost", USAGE, async (args) => {
  const { databases, cpu, depth } = readScale(args, DEFAULTS);
  const schema = buildApiSchema();
  const reports: string[] = [];
  for (const kind of databases) {
    const environment = await makeEnvironment(kind as DatabaseKind);
    try {
      const { reference, measured } = await measureCosts(environment, schema, { cpuMs: cpu, depth }, tell);
      reports.push(reportOfCosts(environment.version, reference, measured));
    } finally {
      await environment.remove();
    }
  }
  return reports.join("\n\n");
});

import type { Builds } from "./builds";
import { buildBoth } from "./builds";
import { readCompareOptions } from "./options";
import { type ComparedRow, exitCodeOf, introductionOf, tableOfRows } from "./report";
import { compareRequests } from "./requests";
import { REQUEST_HEAD, requestRow } from "./requests-report";
import { questionsNamed } from "../requests/measure";

const DEFAULTS = { rounds: 15, launches: 5, scale: { size: 1, connections: 8 } };

/**
 * `npm run bench -- --against COMMIT`: this program and that of a commit, asked the same in turns.
 * @param args the command line; sets the exit code of this process by what came out
 */
export async function runRequestComparison(args: string[]): Promise<string> {
  const options = readCompareOptions(args, DEFAULTS);
  questionsNamed(options.only); // Before anything is built.
  const builds: Builds = await buildBoth(options.against);
  try {
    const rows: ComparedRow[] = [];
    const tables: string[] = [];
    for (const database of options.databases) {
      const { version, scenarios } = await compareRequests(builds, database, options);
      const some = scenarios.map(requestRow);
      rows.push(...some);
      tables.push(`### ${version}\n\n${tableOfRows(REQUEST_HEAD, some, options.bound)}`);
    }
    process.exitCode = exitCodeOf(rows, options.bound);
    return [introductionOf(builds, options), ...tables].join("\n\n");
  } finally {
    builds.remove();
  }
}

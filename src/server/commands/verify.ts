import { verifyDatabase } from "../../consistency";
import type { Finding } from "../../database/consistency-check";
import type { Subcommand } from "./subcommand";

/** How many findings are printed in full; a database that lost much has more than anybody reads. */
const MAX_PRINTED = 200;

/**
 * `npm run admin -- verify`: compares everything in the database with everything that it should agree with, prints a line
 * for each finding and for each check, and exits 1 when there is a finding and 2 when it could not run.
 */
export const verifyCommand: Subcommand = {
  about:
    "compares states, relationships, events, activity, counts and references with each other; exits 1 if they differ",
  options: {},
  exitCodeOfFailure: 2,
  run: async (_ctx, _values, { database, print }) => {
    let found = 0;
    const onFinding = (finding: Finding) => {
      found++;
      if (found <= MAX_PRINTED) print(lineOf(finding));
    };
    const summary: string[] = [];
    await database.snapshot(async (reads) => {
      for await (const { name, looked, found: wrong } of verifyDatabase(reads, onFinding))
        summary.push(`${name}: ${looked} compared, ${wrong} wrong`);
    });
    if (found > MAX_PRINTED) print(`... and ${found - MAX_PRINTED} more.`);
    for (const line of summary) print(line);
    if (found === 0) return "Everything agrees.";
    return { text: `Findings: ${found}.`, exitCode: 1 };
  },
};

function lineOf({ table, id, problem, expected }: Finding): string {
  return `${table} ${id}: ${problem}; should be: ${expected}`;
}

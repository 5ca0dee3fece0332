import { type CheckReport, verifyDatabase } from "../consistency";
import type { Finding } from "../database/consistency-check";
import { ExitCode } from "./exit-code";
import type { DatabaseSubcommand } from "./subcommand";

/** How many findings are printed in full; a database that lost much has more than anybody reads. */
const MAX_PRINTED = 200;

/**
 * `partnergraph verify`: compares everything in the database with everything that it should agree with, prints a line
 * for each finding and for each check, and exits 1 when there is a finding.
 */
export const verifyCommand: DatabaseSubcommand = {
  about:
    "compares states, relationships, events, activity, counts and references with each other; exits 1 if they differ",
  options: {},
  run: async (_ctx, _values, { database, print }) => {
    const printer = findingPrinter(print);
    const reports: CheckReport[] = [];
    await database.snapshot(async (reads) => {
      for await (const report of verifyDatabase(reads, printer.onFinding)) reports.push(report);
    });
    printer.end();
    for (const line of linesOfReports(reports)) print(line);
    if (printer.found() === 0) return "Everything agrees.";
    return { text: `Findings: ${printer.found()}.`, exitCode: ExitCode.REFUSED };
  },
};

/** Prints the first findings of a check, and at the end how many more there were. */
export function findingPrinter(print: (line: string) => void) {
  let found = 0;
  return {
    onFinding: ({ table, id, problem, expected }: Finding) => {
      found++;
      if (found <= MAX_PRINTED) print(`${table} ${id}: ${problem}; should be: ${expected}`);
    },
    end: () => {
      if (found > MAX_PRINTED) print(`... and ${found - MAX_PRINTED} more.`);
    },
    found: () => found,
  };
}

/** What each check came to, a line each. */
export function linesOfReports(reports: CheckReport[]): string[] {
  return reports.map(({ name, looked, found }) => `${name}: ${looked} compared, ${found} wrong`);
}

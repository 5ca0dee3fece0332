import { resolve } from "node:path";
import { restoreDatabase } from "../backup";
import { ExitCode } from "./exit-code";
import { DATABASE_VARIABLES, type StandaloneSubcommand } from "./subcommand";
import { findingPrinter, linesOfReports } from "./verify";

/** `partnergraph restore FILE`: brings a backup back into an empty database; exits 1 when the check after it finds something. */
export const restoreCommand: StandaloneSubcommand = {
  about: "brings a backup back into an empty database and verifies it; no server may run on it meanwhile",
  options: {},
  variables: DATABASE_VARIABLES,
  argument: { name: "FILE", about: "a file that `partnergraph backup` wrote" },
  runAlone: async ({ FILE: file = "" }, { config, log, print }) => {
    const printer = findingPrinter(print);
    const reports = await restoreDatabase(config.database, resolve(file), {
      onProgress: (message) => log.info(message),
      onFinding: printer.onFinding,
    });
    printer.end();
    for (const line of linesOfReports(reports)) print(line);
    if (printer.found() === 0) return "Restored. Everything agrees.";
    return { text: `Restored. Findings: ${printer.found()}.`, exitCode: ExitCode.REFUSED };
  },
};

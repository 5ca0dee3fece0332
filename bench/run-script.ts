import { runTool } from "../test/support/run-tool";
import { commandOf, surroundings } from "./surroundings";
import { writeReport } from "./write-report";

/** What a script makes of its arguments: its report as Markdown, without where and how it was made. */
export type Script = (args: string[]) => Promise<string>;

/**
 * Runs a script (`npm run bench:start`) with the arguments of the command line: prints its report, and with `--write` puts
 * it into docs/performance.md. Says on standard error what went wrong, and with `--help` how the script is used.
 * @param name the command
 * @param usage what it does, and a line for each option
 * @param script the script
 */
export function runScript(name: string, usage: string, script: Script): void {
  // Not the usual sudden end: what was started goes with us.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  runTool(`${name} -- [OPTION ...]\n\n${usage}`, async (args) => {
    const found = await script(args);
    const report = `${surroundings(commandOf(name, args))}\n\n${found}`;
    process.stdout.write(`${report}\n`);
    if (args.includes("--write")) await writeReport(name, report);
  });
}

/** The options of a comparison with a commit, for the scripts that make one. */
export const COMPARISON_USAGE = `  --against COMMIT   compares this program with that of a commit, and not with others; then also
  --only A,B         what to compare, by name
  --database NAME    sqlite, mariadb, or both by a comma
  --rounds N         rounds in all
  --launches N       how often both programs are started anew
  --bound 1.10       the most that the ratio of CPU time may be, for a verdict`;

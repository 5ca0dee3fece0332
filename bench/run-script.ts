import { commandOf, surroundings } from "./surroundings";
import { writeReport } from "./write-report";

/** What a script makes of its arguments: its report as Markdown, without where and how it was made. */
export type Script = (args: string[]) => Promise<string>;

/**
 * Runs a script (`npm run bench:start`) with the arguments of the command line: prints its report, and with `--write` puts
 * it into docs/performance.md. Says on standard error what went wrong.
 */
export function runScript(name: string, script: Script): void {
  // Not the usual sudden end: what was started goes with us.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  const args = process.argv.slice(2);
  const run = async () => {
    const found = await script(args);
    const report = `${surroundings(commandOf(name, args))}\n\n${found}`;
    process.stdout.write(`${report}\n`);
    if (args.includes("--write")) await writeReport(name, report);
  };
  run().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

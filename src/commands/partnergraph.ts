// .swcrc loads these when they are first used: a start of the server needs no command, and a command no server.
import { allSubcommands } from "./all-subcommands";
import { packageVersion } from "./package-version";
import { runCommand, type Terminal } from "./run-command";
import { serve } from "./serve";

/** Where the process runs: standard output and error, and the exit code to set. */
interface CommandProcess extends Terminal {
  exitCode?: number | string | null;
}

/**
 * Runs `partnergraph SUBCOMMAND ...`: the server for `serve` alone, and otherwise a command, whose exit code it sets.
 * @param args the words after the name of the program
 * @param to the process, or what stands for it in a test
 * @param environment the configuration, as in `process.env`, which it is when absent
 */
export async function runPartnergraph(
  args: string[],
  to: CommandProcess,
  environment?: NodeJS.ProcessEnv,
): Promise<void> {
  if (args.length === 1 && args[0] === "serve") {
    return serve();
  }
  if (args.includes("--version")) {
    to.stdout.write(`${packageVersion()}\n`);
    return;
  }
  to.exitCode = await runCommand(
    { called: "npx partnergraph", group: allSubcommands },
    args,
    to,
    environment,
  );
}

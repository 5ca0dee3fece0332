/** What of a tool's failure a developer needs: `message` where that says all, `stack` where it is about the program. */
export type Told = "message" | "stack";

/**
 * Runs a developer's tool, or prints how it is used where the command line asks for that. What is wrong with the command
 * line is said in a line, and ends with 2; every other failure ends with 1.
 * @param usage lines that begin with the command, such as `npm run fault -- NAME`
 * @param main the tool; it gets the words of the command line
 * @param told how a failure of the tool is told
 */
export function runTool(
  usage: string,
  main: (args: string[]) => void | Promise<void>,
  told: Told = "message",
): void {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(`Usage: ${usage}\n`);
    return;
  }
  const run = async () => main(args);
  run().catch((error: unknown) => {
    const { code = "", message = String(error), stack = message } = error as NodeJS.ErrnoException;
    const isUsage = String(code).startsWith("ERR_PARSE_ARGS") || error instanceof UsageError;
    process.stderr.write(
      isUsage ? `${message}\nUsage: ${usage}\n` : `${told === "stack" ? stack : message}\n`,
    );
    process.exitCode = isUsage ? 2 : 1;
  });
}

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

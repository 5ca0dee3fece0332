import "reflect-metadata";
import { measure, type Outcome } from "./measure";
import { readOptions } from "./options";
import { reportOf } from "./report";
import { writeReport } from "./write-report";

/** `npm run bench`: ours and three references on both databases, in turns. docs/performance.md says how to read it. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { databases, scale, write } = readOptions(args);
  const outcomes: Outcome[] = [];
  for (const database of databases) {
    outcomes.push(await measure(database, scale, { tell: (text) => void process.stderr.write(`${text}\n`) }));
  }
  const asked = args.filter((word) => word !== "--write");
  const command = ["npm run bench", ...(asked.length > 0 ? ["--", ...asked] : [])].join(" ");
  const report = reportOf(outcomes, command, new Date());
  process.stdout.write(`${report}\n`);
  if (write) await writeReport(report);
}

// Not the usual sudden end: what was started goes with us.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

import "reflect-metadata";
import { isComparison } from "../compare/options";
import { requestComparison } from "../compare/requests-report";
import { runComparison } from "../compare/run";
import { COMPARISON_USAGE, runScript } from "../run-script";
import { tell } from "../tell";
import { measure, type Outcome } from "./measure";
import { readOptions } from "./options";
import { reportOf } from "./report";

const USAGE = `Measures this program, a hand-written server, the usual stack and Mercurius on both databases, in some nine minutes.

  --database NAME    sqlite, mariadb, or both by a comma
  --questions A,B    only these
  --rounds N --seconds N --calls N --connections N
  --write            puts the report into docs/performance.md
${COMPARISON_USAGE}`;

/**
 * `npm run bench`: ours and three references on both databases, in turns. With `--against COMMIT`: this program and that of
 * a commit. docs/performance.md says how to read both.
 */
runScript("npm run bench", USAGE, async (args) => {
  if (isComparison(args)) return runComparison(args, requestComparison);
  const { databases, scale } = readOptions(args);
  const outcomes: Outcome[] = [];
  for (const database of databases) outcomes.push(await measure(database, scale, { tell }));
  return reportOf(outcomes);
});

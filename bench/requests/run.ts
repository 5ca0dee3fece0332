import "reflect-metadata";
import { isComparison } from "../compare/options";
import { requestComparison } from "../compare/requests-report";
import { runComparison } from "../compare/run";
import { runScript } from "../run-script";
import { tell } from "../tell";
import { measure, type Outcome } from "./measure";
import { readOptions } from "./options";
import { reportOf } from "./report";

/**
 * `npm run bench`: ours and three references on both databases, in turns. With `--against COMMIT`: this program and that of
 * a commit. docs/performance.md says how to read both.
 */
runScript("npm run bench", async (args) => {
  if (isComparison(args)) return runComparison(args, requestComparison);
  const { databases, scale } = readOptions(args);
  const outcomes: Outcome[] = [];
  for (const database of databases) outcomes.push(await measure(database, scale, { tell }));
  return reportOf(outcomes);
});

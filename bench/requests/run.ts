import "reflect-metadata";
import { runScript } from "../run-script";
import { tell } from "../tell";
import { measure, type Outcome } from "./measure";
import { readOptions } from "./options";
import { reportOf } from "./report";

/** `npm run bench`: ours and three references on both databases, in turns. docs/performance.md says how to read it. */
runScript("npm run bench", async (args) => {
  const { databases, scale } = readOptions(args);
  const outcomes: Outcome[] = [];
  for (const database of databases) outcomes.push(await measure(database, scale, { tell }));
  return reportOf(outcomes);
});

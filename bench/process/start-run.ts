import "reflect-metadata";
import { type DatabaseKind, databaseKinds } from "../environment";
import { isComparison } from "../compare/options";
import { runComparison } from "../compare/run";
import { startComparison } from "../compare/start";
import { runScript } from "../run-script";
import { readScale } from "./options";
import { measureStarts, reportOfStarts } from "./start";

const USUAL = { databases: [...databaseKinds] as string[], rounds: 7 };

/**
 * `npm run bench:start`: from the spawn to the first answer, cold and warm, on both databases, in some two minutes. With
 * `--against COMMIT`: compared with the starts of a commit.
 */
runScript("npm run bench:start", async (args) => {
  if (isComparison(args)) return runComparison(args, startComparison);
  const { databases, rounds } = readScale(args, USUAL);
  return reportOfStarts(await measureStarts({ databases: databases as DatabaseKind[], rounds }));
});

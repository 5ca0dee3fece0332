import "reflect-metadata";
import { type DatabaseKind, databaseKinds } from "../environment";
import { isComparison } from "../compare/options";
import { runComparison } from "../compare/run";
import { startComparison } from "../compare/start";
import { COMPARISON_USAGE, runScript } from "../run-script";
import { readScale } from "./options";
import { measureStarts, reportOfStarts } from "./start";

const USUAL = { databases: [...databaseKinds] as string[], rounds: 7 };

const USAGE = `Measures from the spawn to the first answer, cold and warm, in some two minutes.

  --databases A,B    sqlite, mariadb
  --rounds N         starts of each kind
  --write            puts the report into docs/performance.md
${COMPARISON_USAGE}`;

/**
 * `npm run bench:start`: from the spawn to the first answer, cold and warm, on both databases, in some two minutes. With
 * `--against COMMIT`: compared with the starts of a commit.
 */
runScript("npm run bench:start", USAGE, async (args) => {
  if (isComparison(args)) return runComparison(args, startComparison);
  const { databases, rounds } = readScale(args, USUAL);
  return reportOfStarts(await measureStarts({ databases: databases as DatabaseKind[], rounds }));
});

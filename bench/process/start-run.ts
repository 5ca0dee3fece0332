import "reflect-metadata";
import { type DatabaseKind, databaseKinds } from "../environment";
import { runScript } from "../run-script";
import { readScale } from "./options";
import { measureStarts, reportOfStarts } from "./start";

const USUAL = { databases: [...databaseKinds] as string[], rounds: 7 };

/** `npm run bench:start`: from the spawn to the first answer, cold and warm, on both databases, in some two minutes. */
runScript("npm run bench:start", async (args) => {
  const { databases, rounds } = readScale(args, USUAL);
  return reportOfStarts(await measureStarts({ databases: databases as DatabaseKind[], rounds }));
});

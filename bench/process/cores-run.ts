import "reflect-metadata";
import { availableParallelism } from "node:os";
import { runScript } from "../run-script";
import { measureCores, reportOfCores } from "./cores";
import { readScale } from "./options";

const USUAL = {
  workers: ["1", "2"],
  questions: ["byId", "list", "acceptInvitation"],
  rounds: 5,
  seconds: 4,
  calls: 600,
  connections: 16,
};

const USAGE = `Measures what a second worker brings, on MariaDB, in some three minutes.

  --workers 1,2      how many
  --questions A,B    only these
  --rounds N --seconds N --calls N --connections N
  --write            puts the report into docs/performance.md`;

/** `npm run bench:cores`: what a second worker brings, on MariaDB, in some three minutes. */
runScript("npm run bench:cores", USAGE, async (args) => {
  const scale = readScale(args, USUAL);
  const figures = await measureCores({ ...scale, workers: scale.workers.map(Number) });
  return reportOfCores(figures, availableParallelism());
});

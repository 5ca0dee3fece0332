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

/** `npm run bench:cores`: what a second worker brings, on MariaDB, in some three minutes. */
runScript("npm run bench:cores", async (args) => {
  const scale = readScale(args, USUAL);
  const figures = await measureCores({ ...scale, workers: scale.workers.map(Number) });
  return reportOfCores(figures, availableParallelism());
});

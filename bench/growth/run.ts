import "reflect-metadata";
import { parseArgs } from "node:util";
import { positive } from "../requests/options";
import { runScript } from "../run-script";
import { makeGrowthEnvironment } from "./environment";
import { type GrowthScale, measureGrowth } from "./measure";
import { growthQuestions } from "./questions";
import { growthReport } from "./report";

const USAGE = `Asks the same with a thousand and with a million customers, on a private MariaDB.

  --small N --large N          how many customers
  --questions A,B              only these; replay is one
  --rounds N --seconds N --calls N --connections N
  --buffer-pool 8G             of the database
  --data FOLDER                keeps the filled databases there
  --write            puts the report into docs/performance.md`;

/**
 * `npm run bench:growth`: the same program and the same questions, with a million customers and with a thousand, on one
 * private MariaDB. `--data DIR` keeps the filled databases there for the next run. docs/performance.md says how to read it.
 */
runScript("npm run bench:growth", USAGE, async (args) => {
  const { scale, data, bufferPool } = readOptions(args);
  const told: string[] = [];
  const tell = (text: string) => void process.stderr.write(`${text}\n`);
  const means = { data, bufferPool, tell: (text: string) => (told.push(text), tell(text)) };
  const environment = await makeGrowthEnvironment(scale, means);
  try {
    const measured = await measureGrowth(environment, scale, tell);
    const filled = told.length > 0 ? told.join("; ") : "filled by an earlier run";
    const filling = `${environment.large.version} with a buffer pool of ${bufferPool}; ${filled}.`;
    return growthReport(measured, scale, filling);
  } finally {
    await environment.remove();
  }
});

/** Without any option some five minutes, and the time it takes to fill the databases. */
function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      small: { ...text, default: "1000" },
      large: { ...text, default: "1000000" },
      questions: text,
      rounds: { ...text, default: "3" },
      seconds: { ...text, default: "1.5" },
      calls: { ...text, default: "200" },
      connections: { ...text, default: "4" },
      "buffer-pool": { ...text, default: "8G" },
      data: text,
      write: { type: "boolean", default: false },
    },
  });
  const names = values.questions?.split(",");
  const scale: GrowthScale = {
    small: positive("small", values.small),
    large: positive("large", values.large),
    questions: growthQuestions.filter(({ name }) => names?.includes(name) ?? true),
    replays: names?.includes("replay") ?? true,
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    calls: positive("calls", values.calls),
    connections: positive("connections", values.connections),
  };
  return { scale, data: values.data, bufferPool: values["buffer-pool"] };
}

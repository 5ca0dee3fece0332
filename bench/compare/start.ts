import { type DatabaseKind, databaseKinds, makeEnvironmentPair } from "../environment";
import { type StartCost, startTwice } from "../process/start";
import { tell } from "../tell";
import type { Builds } from "./builds";
import type { CompareOptions } from "./options";
import { type ComparedRow, figureCells, ratioCell } from "./report";
import { type Both, comparedFigure, oneAfterTheOther, type Pair } from "./rounds";
import type { Comparison } from "./run";

const KINDS = ["cold", "warm"] as const;
type Kind = (typeof KINDS)[number];
type Figure = keyof StartCost;
const ROUNDS = 15;

/**
 * `npm run bench:start -- --against COMMIT`: both programs are started on an empty database, and again on what is there
 * then, in turns. Each round is a launch of its own.
 */
export const startComparison: Comparison<Record<string, number>> = {
  defaults: {
    ...{ names: [...KINDS], databases: [...databaseKinds] },
    ...{ rounds: ROUNDS, launches: ROUNDS, scale: {} },
  },
  head: [
    ...["start", "CPU ms, candidate", "baseline", "ratio of CPU"],
    ...["ms to the first answer, candidate", "baseline", "ratio of ms"],
  ],
  compare,
};

async function compare(
  builds: Builds,
  database: DatabaseKind,
  { only, launches, roundsPerLaunch }: CompareOptions<Record<string, number>>,
): Promise<{ version: string; rows: ComparedRow[] }> {
  const pair = await makeEnvironmentPair(database);
  try {
    const [candidate, baseline] = pair.environments;
    const environments = { candidate, baseline };
    const rounds: Both<Record<Kind, StartCost>>[] = [];
    for (let round = 0; round < launches * roundsPerLaunch; round++) {
      rounds.push(await oneAfterTheOther(round, (side) => startTwice(builds[side].dist, environments[side])));
      tell(`${candidate.version}: round ${round + 1}`);
    }
    const rows = KINDS.filter((kind) => only.includes(kind)).map((kind) =>
      rowOf(
        kind,
        rounds.map((both) => [{ candidate: both.candidate[kind], baseline: both.baseline[kind] }]),
      ),
    );
    return { version: candidate.version, rows };
  } finally {
    await pair.remove();
  }
}

function rowOf(kind: Kind, launches: Pair<Figure>[][]): ComparedRow {
  const cpuMs = comparedFigure(launches, (cost) => cost.cpuMs);
  const ms = comparedFigure(launches, (cost) => cost.ms);
  const cells = [cpuMs, ms].flatMap((figure) => [...figureCells(figure, 0), ratioCell(figure.interval)]);
  return { name: kind, judged: cpuMs, cells };
}

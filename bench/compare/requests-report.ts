import { databaseKinds } from "../environment";
import { questions } from "../requests/questions";
import { type ComparedRow, figureCells, ratioCell } from "./report";
import { compareRequests, type RequestComparison, type RequestScale } from "./requests";
import type { Comparison } from "./run";

const HEAD = [
  ...["scenario", "CPU ms, candidate", "baseline", "ratio of CPU", "requests/s, candidate", "baseline"],
  ...["ratio of requests/s", "ratio of the database's CPU"],
];

/** `npm run bench -- --against COMMIT`: both programs are sent the same requests in turns. */
export const requestComparison: Comparison<RequestScale> = {
  defaults: {
    names: questions.map(({ name }) => name),
    databases: [...databaseKinds],
    rounds: 15,
    launches: 5,
    scale: { size: 1, connections: 8 },
  },
  head: HEAD,
  compare: async (builds, database, options) => {
    const { version, scenarios } = await compareRequests(builds, database, options);
    return { version, rows: scenarios.map(rowOf) };
  },
};

function rowOf({ scenario, difference, figures }: RequestComparison): ComparedRow {
  if (!figures) return { name: scenario, difference, cells: HEAD.slice(1).map(() => "") };
  const { cpuMs, perSecond, databaseCpuMs } = figures;
  return {
    name: scenario,
    difference,
    judged: cpuMs,
    cells: [
      ...figureCells(cpuMs, 3),
      ratioCell(cpuMs.interval),
      ...figureCells(perSecond, 0),
      ratioCell(perSecond.interval),
      databaseCpuMs ? ratioCell(databaseCpuMs.interval) : "",
    ],
  };
}

import { type ComparedRow, figureCells, ratioCell } from "./report";
import type { RequestComparison } from "./requests";

/** The columns of a comparison of requests. */
export const REQUEST_HEAD = [
  ...["scenario", "CPU ms, candidate", "baseline", "ratio of CPU", "requests/s, candidate", "baseline"],
  ...["ratio of requests/s", "ratio of the database's CPU"],
];

/** What came out for a scenario, as a line. */
export function requestRow({ scenario, difference, figures }: RequestComparison): ComparedRow {
  if (!figures) return { name: scenario, difference, cells: REQUEST_HEAD.slice(1).map(() => "") };
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

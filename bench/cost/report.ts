import { markdownTable } from "../surroundings";
import type { Measured } from "./measure";

/** The most that the CPU time of a point may differ from that of the reference, in either direction. */
export const MAX_FACTOR = 10;
const SHOWN = 15;

/** How many times the CPU time of one of the reference's points a point of this operation takes. */
export function factorOf({ points, cpuMs }: Measured, reference: Measured): number {
  return cpuMs / points / (reference.cpuMs / reference.points);
}

/** The operations whose points are the most expensive, and how many exceed the factor. */
export function reportOfCosts(title: string, reference: Measured, measured: Measured[]): string {
  const rows = measured
    .map((one) => ({ ...one, factor: factorOf(one, reference) }))
    .sort((one, other) => other.factor - one.factor);
  const beyond = rows.filter(({ factor }) => factor > MAX_FACTOR).length;
  const cells = [{ ...reference, factor: 1 }, ...rows.slice(0, SHOWN), ...rows.slice(-3)].map(
    ({ name, points, cpuMs, factor }) => [
      `\`${name}\``,
      String(points),
      cpuMs.toFixed(2),
      ((cpuMs / points) * 1_000).toFixed(0),
      factor.toFixed(1),
    ],
  );
  return [
    `**${title}**: ${measured.length} operations, ${beyond} of them beyond a factor of ${MAX_FACTOR}.`,
    markdownTable(["operation", "points", "CPU ms", "µs a point", "factor"], cells),
  ].join("\n\n");
}

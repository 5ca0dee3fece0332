import { markdownTable } from "../surroundings";
import type { Builds } from "./builds";
import { type RatioInterval, verdictOf } from "./interval";
import type { CompareOptions } from "./options";
import type { ComparedFigure } from "./rounds";

/** One line of a comparison's table. */
export interface ComparedRow {
  name: string;
  /** How the answers of the programs differ; undefined where they are equal. */
  difference?: string;
  /** The figure that the bound is for; undefined where it could not be measured. */
  judged?: ComparedFigure;
  /** Further columns, as text. */
  cells: string[];
}

/** Exit codes of a comparison: everything within the bound; something above it or not comparable; something not shown. */
export const EXIT_CODES = { within: 0, failed: 1, notShown: 2 } as const;

/** What was compared, for the beginning of a report. */
export function introductionOf(builds: Builds, options: CompareOptions<Record<string, number>>): string {
  const { launches, roundsPerLaunch } = options;
  return [
    `Candidate: ${builds.candidate.label}. Baseline: ${builds.baseline.label}.`,
    `${launches * roundsPerLaunch} rounds, interleaved; both programs were started anew ${launches} times.`,
    "Ratios are candidate ÷ baseline with their 95 % interval.",
  ].join(" ");
}

/** A table of what was compared; with a bound it has a verdict for each line, and below it every difference of answers. */
export function tableOfRows(head: string[], rows: ComparedRow[], bound: number | undefined): string {
  const verdicts = bound === undefined ? [] : [`CPU at most ${bound.toFixed(2)}`];
  const lines = rows.map((row) => [
    row.name,
    ...row.cells,
    ...(bound === undefined ? [] : [wordsOf(row, bound)]),
  ]);
  const differences = rows
    .filter(({ difference }) => difference)
    .map(({ name, difference }) => `**${name}: the answers differ**\n\n\`\`\`text\n${difference}\n\`\`\``);
  return [markdownTable([...head, ...verdicts], lines), ...differences].join("\n\n");
}

/** A ratio with its interval, as a cell. */
export function ratioCell({ ratio, low, high }: RatioInterval): string {
  return `${ratio.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** Two figures as cells, with so many digits: the candidate's and the baseline's. */
export function figureCells({ candidate, baseline }: ComparedFigure, digits: number): string[] {
  return [candidate, baseline].map((figure) => figure.toFixed(digits));
}

/**
 * The exit code of all lines together. Lines whose answers differ, or that could not be measured, fail with or without a
 * bound: a program that answers something else was not compared.
 */
export function exitCodeOf(rows: ComparedRow[], bound: number | undefined): number {
  const verdicts = rows.map((row) => verdictOfRow(row, bound));
  if (verdicts.some((verdict) => verdict === "above" || verdict === "not comparable"))
    return EXIT_CODES.failed;
  return verdicts.includes("not shown") ? EXIT_CODES.notShown : EXIT_CODES.within;
}

function verdictOfRow({ difference, judged }: ComparedRow, bound: number | undefined) {
  if (difference !== undefined || !judged) return "not comparable";
  return bound === undefined ? "within" : verdictOf(judged.interval, bound);
}

function wordsOf(row: ComparedRow, bound: number): string {
  const verdict = verdictOfRow(row, bound);
  return verdict === "within" ? "yes" : verdict === "above" ? "**no**" : verdict;
}

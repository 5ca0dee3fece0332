import { ratioInterval, type RatioInterval } from "./interval";
import { median } from "../median";

/** Figures of one program in one round, by their name. */
export type Sample<Name extends string> = Record<Name, number>;

/** Figures of both programs in one round. */
export interface Pair<Name extends string> {
  candidate: Sample<Name>;
  baseline: Sample<Name>;
}

/** A figure of both programs, and how many times the baseline's the candidate's is. */
export interface ComparedFigure {
  /** The medians of all rounds. */
  candidate: number;
  baseline: number;
  interval: RatioInterval;
}

/**
 * Measures both programs in the order candidate, baseline, baseline, candidate, in every other round the other way about:
 * a drift of the machine's speed that is even over the round adds as much to one as to the other.
 * @param round the round's number, which decides who begins
 * @param measure measures one of them once; what it gives is added up
 */
export async function measureRound<Name extends string>(
  round: number,
  measure: (side: keyof Pair<Name>, slice: 0 | 1) => Promise<Sample<Name>>,
): Promise<Pair<Name>> {
  const [first, second] =
    round % 2 ? (["baseline", "candidate"] as const) : (["candidate", "baseline"] as const);
  const slices: [keyof Pair<Name>, Sample<Name>][] = [];
  for (const [at, side] of [first, second, second, first].entries())
    slices.push([side, await measure(side, at < 2 ? 0 : 1)]);
  const sum = (side: keyof Pair<Name>) =>
    slices
      .filter(([of]) => of === side)
      .reduce((total, [, sample]) => added(total, sample), {} as Sample<Name>);
  return { candidate: sum("candidate"), baseline: sum("baseline") };
}

function added<Name extends string>(one: Sample<Name>, other: Sample<Name>): Sample<Name> {
  const names = Object.keys(other) as Name[];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + other[name]])) as Sample<Name>;
}

/**
 * What the rounds of several launches say about one figure.
 * @param launches the rounds of each launch
 * @param figure the figure of a program in a round, above 0
 */
export function comparedFigure<Name extends string>(
  launches: Pair<Name>[][],
  figure: (sample: Sample<Name>) => number,
): ComparedFigure {
  const rounds = launches.flat();
  return {
    candidate: median(rounds.map(({ candidate }) => figure(candidate))),
    baseline: median(rounds.map(({ baseline }) => figure(baseline))),
    interval: ratioInterval(
      launches.map((pairs) => pairs.map(({ candidate, baseline }) => figure(candidate) / figure(baseline))),
    ),
  };
}

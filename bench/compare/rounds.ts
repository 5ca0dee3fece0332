import { ratioInterval, type RatioInterval } from "./interval";
import { median } from "../median";

/** Figures of one program in one slice, by their name. */
export type Sample<Name extends string> = Record<Name, number>;

/** Something of both programs. */
export interface Both<Value> {
  /** Of the working tree. */
  candidate: Value;
  /** Of the commit that it is compared with. */
  baseline: Value;
}

/** Figures of both programs in a pair of slices, one after the other. */
export type Pair<Name extends string> = Both<Sample<Name>>;

/** A figure of both programs, and how many times the baseline's the candidate's is. */
export interface ComparedFigure {
  /** The medians of the launches. */
  candidate: number;
  baseline: number;
  interval: RatioInterval;
}

/** Slices of each program in a round. */
export const SLICES = 4;

/**
 * Who is measured first in each pair of slices. That gives the order of Thue and Morse (ABBA BAAB): a disturbance that grows
 * evenly, or faster and faster, adds as much to one program as to the other.
 */
const FIRST = [0, 1, 1, 0] as const;

/** Does something with one program, then with the other: with the candidate first when `turn` is even. */
export async function oneAfterTheOther<Value>(
  turn: number,
  work: (side: keyof Both<Value>) => Promise<Value>,
): Promise<Both<Value>> {
  if (turn % 2 === 0) {
    const candidate = await work("candidate");
    return { candidate, baseline: await work("baseline") };
  }
  const baseline = await work("baseline");
  return { candidate: await work("candidate"), baseline };
}

/**
 * Measures both programs in eight slices by turns, and gives the four pairs.
 * @param round the round's number, which decides who begins
 * @param nextJob makes what both programs have to do in a slice
 * @param measure measures one of them in a slice
 */
export async function measureRound<Job, Name extends string>(
  round: number,
  nextJob: () => Job,
  measure: (side: keyof Pair<Name>, job: Job) => Promise<Sample<Name>>,
): Promise<Pair<Name>[]> {
  const slices: Pair<Name>[] = [];
  for (const first of FIRST) {
    const job = nextJob();
    slices.push(await oneAfterTheOther(first + round, (side) => measure(side, job)));
  }
  return slices;
}

/**
 * What the slices of several launches say about one figure. What else a machine does can only add to what a slice costs,
 * often for seconds and by half, so of each launch and program the least disturbed slice counts: J. Chen and J. Revels,
 * "Robust benchmarking in noisy environments", 2016 (https://arxiv.org/abs/1608.04295), section IV.
 * @param launches the slices of each launch
 * @param figure the figure of a program in a slice, above 0
 * @param isBest whether the least of a figure is its best, as of costs, or the largest, as of speeds
 */
export function comparedFigure<Name extends string>(
  launches: Pair<Name>[][],
  figure: (sample: Sample<Name>) => number,
  isBest: "least" | "largest" = "least",
): ComparedFigure {
  const bestOf = isBest === "least" ? Math.min : Math.max;
  const best = launches
    .filter(({ length }) => length > 0)
    .map((pairs) => ({
      candidate: bestOf(...pairs.map(({ candidate }) => figure(candidate))),
      baseline: bestOf(...pairs.map(({ baseline }) => figure(baseline))),
    }));
  return {
    candidate: median(best.map(({ candidate }) => candidate)),
    baseline: median(best.map(({ baseline }) => baseline)),
    interval: ratioInterval(best.map(({ candidate, baseline }) => candidate / baseline)),
  };
}

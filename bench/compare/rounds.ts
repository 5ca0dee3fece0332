import { ratioInterval, type RatioInterval } from "./interval";
import { median } from "../median";

/** Figures of one program in one round, by their name. */
export type Sample<Name extends string> = Record<Name, number>;

/** Something of both programs. */
export interface Both<Value> {
  /** Of the working tree. */
  candidate: Value;
  /** Of the commit that it is compared with. */
  baseline: Value;
}

/** Figures of both programs in one round. */
export type Pair<Name extends string> = Both<Sample<Name>>;

/** A figure of both programs, and how many times the baseline's the candidate's is. */
export interface ComparedFigure {
  /** The medians of all rounds. */
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
 * Measures both programs in eight slices by turns, and adds up what each needed.
 * @param round the round's number, which decides who begins
 * @param nextJob makes what both programs have to do in a slice
 * @param measure measures one of them in a slice
 */
export async function measureRound<Job, Name extends string>(
  round: number,
  nextJob: () => Job,
  measure: (side: keyof Pair<Name>, job: Job) => Promise<Sample<Name>>,
): Promise<Pair<Name>> {
  const slices: Pair<Name>[] = [];
  for (const first of FIRST) {
    const job = nextJob();
    slices.push(await oneAfterTheOther(first + round, (side) => measure(side, job)));
  }
  return {
    candidate: sumOf(slices.map(({ candidate }) => candidate)),
    baseline: sumOf(slices.map(({ baseline }) => baseline)),
  };
}

function sumOf<Name extends string>(samples: Sample<Name>[]): Sample<Name> {
  return samples.reduce((total, sample) => {
    const sums = (Object.keys(sample) as Name[]).map((name) => [name, total[name] + sample[name]]);
    return Object.fromEntries(sums) as Sample<Name>;
  });
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

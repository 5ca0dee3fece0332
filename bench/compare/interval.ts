import { studentT95 } from "../student-t";

/** How many times as much one program needs as another one, with the interval that holds the true ratio in 95 % of runs. */
export interface RatioInterval {
  ratio: number;
  low: number;
  high: number;
}

/**
 * Estimates a ratio from measurements in several launches of both programs. Two processes of the very same program differ
 * in speed for as long as they live (memory layout, the order of JIT compilations), and rounds within a launch share that
 * difference, so they are not independent: an interval from rounds alone is too narrow. Each launch therefore counts once;
 * the interval is Student's t over the logarithms of the launches' ratios, after Georges, Buytaert and Eeckhout, "Statistically rigorous Java performance evaluation",
 * OOPSLA 2007 (https://doi.org/10.1145/1297027.1297033), section 3.2. Logarithms make a ratio and its inverse alike.
 * @param launches the ratio of each launch, above 0; with fewer than two launches nothing is certain, and the
 * interval is 0 to Infinity
 */
export function ratioInterval(launches: number[]): RatioInterval {
  const logs = launches.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const ratio = Math.exp(mean);
  if (logs.length < 2) return { ratio, low: 0, high: Infinity };
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1);
  const within = studentT95(logs.length - 1) * Math.sqrt(variance / logs.length);
  return { ratio, low: Math.exp(mean - within), high: Math.exp(mean + within) };
}

/** What an interval says about a bound. */
export type Verdict = "within" | "not shown" | "above";

/** `within`: the whole interval is at most the bound. `above`: all of it is over the bound. Otherwise it is not shown. */
export function verdictOf({ low, high }: RatioInterval, bound: number): Verdict {
  if (high <= bound) return "within";
  return low > bound ? "above" : "not shown";
}

/** Two-sided 95 % quantiles by degrees of freedom, from 1 on. */
const T95 = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/**
 * Student's t for a two-sided certainty of 95 %: NaN below one degree of freedom; beyond 30 the value at 30, which is at
 * most 4 % too large.
 */
export function studentT95(degreesOfFreedom: number): number {
  return T95[Math.min(degreesOfFreedom, T95.length) - 1] ?? NaN;
}

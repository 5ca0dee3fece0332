/**
 * Milliseconds of a clock that nobody sets, and that all processes of this machine share: for times that one process tells
 * another, where `performance.now()`, which begins with its process, says nothing. It has no relation to the time of day.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

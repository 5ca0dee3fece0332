/** Numbers of one sort, such as delays, for a report. */
export interface Summary {
  count: number;
  median: number;
  p99: number;
  max: number;
}

/** What a report tells of numbers, rounded. */
export function summary(numbers: Iterable<number>): Summary {
  const sorted = Float64Array.from(numbers).sort();
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { count: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) };
}

import type { Metric, Registry } from "prom-client";

/** What is observed under one set of labels. */
interface Tally {
  labels: Readonly<Record<string, string>>;
  /** How many fell into each bucket, and behind the last of them. */
  counts: number[];
  sum: number;
  count: number;
}

/** What a histogram is called, and the upper bounds of its buckets, ascending. */
export interface HistogramOptions {
  name: string;
  help: string;
  buckets: readonly number[];
}

/**
 * A histogram for what is observed with every request: prom-client's own makes and hashes an object of labels each time, which
 * costs a small request a fiftieth of its time. Its figures look the same to their readers.
 */
export class TalliedHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly aggregator = "sum";
  private readonly buckets: readonly number[];
  private readonly tallies = new Map<string, Tally>();

  constructor({ name, help, buckets }: HistogramOptions, registry: Registry) {
    [this.name, this.help, this.buckets] = [name, help, buckets];
    // All that a registry uses of a metric is here.
    registry.registerMetric(this as unknown as Metric);
  }

  /**
   * Counts a value.
   * @param key the same for the same labels, and another one for others
   * @param labelsOf called the first time that the key comes
   */
  observe(key: string, labelsOf: () => Tally["labels"], value: number): void {
    let tally = this.tallies.get(key);
    if (!tally) {
      tally = { labels: labelsOf(), counts: this.buckets.map(() => 0), sum: 0, count: 0 };
      this.tallies.set(key, tally);
    }
    let at = 0;
    while (at < this.buckets.length && value > this.buckets[at]) at++;
    if (at < this.buckets.length) tally.counts[at]++;
    tally.sum += value;
    tally.count++;
  }

  /** The figures, as a registry asks for them. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.tallies.values()].flatMap((tally) => this.valuesOf(tally));
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  private valuesOf({ labels, counts, sum, count }: Tally): object[] {
    let below = 0;
    const value = (suffix: string, figure: number, more: object = {}) => ({
      metricName: `${this.name}_${suffix}`,
      labels: { ...more, ...labels },
      value: figure,
    });
    return [
      ...this.buckets.map((le, at) => value("bucket", (below += counts[at]), { le })),
      value("bucket", count, { le: "+Inf" }),
      value("sum", sum),
      value("count", count),
    ];
  }
}

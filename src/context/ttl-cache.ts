interface Entry<Value> {
  value: Value;
  until: number;
}

/** Keeps a bounded number of values for a bounded time. Expired entries are evicted on insert. */
export class TtlCache<Value> {
  /** In the order of insertion, which is the order of expiry where all entries last equally long. */
  private readonly entries = new Map<string, Entry<Value>>();

  /** `ttlMs` is the longest that an entry is kept, in milliseconds; `maxEntries` how many there are at most. */
  constructor(
    private readonly ttlMs: number,
    private readonly maxEntries: number,
  ) {}

  /** The number of entries, among them expired ones that were not evicted yet. */
  get size(): number {
    return this.entries.size;
  }

  /** The value of a key; undefined where there is none or it has expired. */
  get(key: string): Value | undefined {
    const found = this.entries.get(key);
    return found && performance.now() < found.until ? found.value : undefined;
  }

  /** Keeps a value for this many milliseconds, `ttlMs` at most. The oldest entries are evicted where there are too many. */
  set(key: string, value: Value, ttlMs = this.ttlMs): void {
    const now = performance.now();
    this.entries.delete(key);
    for (const [oldest, { until }] of this.entries) {
      if (until > now && this.entries.size < this.maxEntries) break;
      this.entries.delete(oldest);
    }
    this.entries.set(key, { value, until: now + Math.min(ttlMs, this.ttlMs) });
  }

  /** Removes every value that the condition holds for; all of them without a condition. */
  remove(condition: (value: Value) => boolean = () => true): void {
    for (const [key, { value }] of this.entries) if (condition(value)) this.entries.delete(key);
  }
}

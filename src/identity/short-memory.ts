interface Remembered<Value> {
  value: Value;
  until: number;
}

/**
 * Remembers values for a while, and only so many of them. What has lapsed goes when something new comes, so that a server that
 * many have come to once holds no more than those of that while.
 */
export class ShortMemory<Value> {
  /** In the order of their coming: whoever came first lapses first, or has lapsed before. */
  private readonly remembered = new Map<string, Remembered<Value>>();

  /** `lastsMs` is how long a value is remembered at the longest, `most` how many there are at once. */
  constructor(
    private readonly lastsMs: number,
    private readonly most: number,
  ) {}

  /** How many are held, some of which may have lapsed. */
  get size(): number {
    return this.remembered.size;
  }

  /** What is remembered under a key and has not lapsed. */
  get(key: string): Value | undefined {
    const found = this.remembered.get(key);
    return found && performance.now() < found.until ? found.value : undefined;
  }

  /** Remembers a value for this many milliseconds, but no longer than any. The oldest goes where there are too many. */
  set(key: string, value: Value, lastsMs = this.lastsMs): void {
    const now = performance.now();
    this.remembered.delete(key);
    for (const [oldest, { until }] of this.remembered) {
      if (until > now && this.remembered.size < this.most) break;
      this.remembered.delete(oldest);
    }
    this.remembered.set(key, { value, until: now + Math.min(lastsMs, this.lastsMs) });
  }

  /** Forgets every value that this holds for; all of them without a condition. */
  forget(condition: (value: Value) => boolean = () => true): void {
    for (const [key, { value }] of this.remembered) if (condition(value)) this.remembered.delete(key);
  }
}

/** What bounds a cache. */
export interface CacheBounds {
  /** How many values there are at most. */
  maxEntries: number;
  /** The longest that a value is kept, in milliseconds; without end when absent. */
  ttlMs?: number;
  /** What all values weigh together at most, in the unit in which `set` is told their weight. */
  maxWeight?: number;
  /** A heavier value is not kept: few of them would fill the cache. */
  maxEntryWeight?: number;
}

/** What `set` is told of one value. */
export interface CachedValue {
  /** Keeps it no longer than so many milliseconds, and no longer than the cache's `ttlMs`. */
  ttlMs?: number;
  /** 0 when absent. */
  weight?: number;
}

interface Entry<Value> {
  value: Value;
  weight: number;
  /** By `performance.now()`; absent where it does not expire. */
  until: number | undefined;
  /** Whether it was asked for since it was last spared. */
  isUsed: boolean;
}

/**
 * Keeps a bounded number of values, each for a bounded time where there is one. Where there are too many, values that expire are evicted
 * the oldest first; of the others the oldest that was not asked for lately, so that many new ones do not displace those in use.
 * Looking a value up moves nothing: it costs a look into a Map.
 */
export class BoundedCache<Key, Value> {
  /** Oldest first. */
  private readonly entries = new Map<Key, Entry<Value>>();
  private totalWeight = 0;

  constructor(private readonly bounds: CacheBounds) {}

  /** The number of entries, among them expired ones that were not evicted yet. */
  get size(): number {
    return this.entries.size;
  }

  /** The value of a key; undefined where there is none or it has expired. */
  get(key: Key): Value | undefined {
    const found = this.entries.get(key);
    if (found === undefined || (found.until !== undefined && performance.now() >= found.until))
      return undefined;
    found.isUsed = true;
    return found.value;
  }

  /** The value of a key, which is made and kept where there is none. */
  getOrMake(key: Key, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  /** Keeps a value, unless it is too heavy, and evicts others where there are too many. */
  set(key: Key, value: Value, { ttlMs = Infinity, weight = 0 }: CachedValue = {}): void {
    const { maxEntryWeight = Infinity, ttlMs: maxTtlMs = Infinity } = this.bounds;
    if (weight > maxEntryWeight) return;
    this.delete(key);
    const lastsMs = Math.min(ttlMs, maxTtlMs);
    const now = performance.now();
    const until = lastsMs === Infinity ? undefined : now + lastsMs;
    this.makeRoom(now, weight);
    this.entries.set(key, { value, weight, until, isUsed: false });
    this.totalWeight += weight;
  }

  /** Removes the value of a key, where there is one. */
  delete(key: Key): void {
    const found = this.entries.get(key);
    if (found === undefined) return;
    this.totalWeight -= found.weight;
    this.entries.delete(key);
  }

  /** Removes every value that the condition holds for; all of them without a condition. */
  remove(condition: (value: Value) => boolean = () => true): void {
    for (const [key, { value }] of this.entries) if (condition(value)) this.delete(key);
  }

  /** Evicts what has expired among the oldest, then what there is no room for besides a value of this weight. */
  private makeRoom(now: number, weight: number): void {
    const { maxEntries, maxWeight = Infinity } = this.bounds;
    for (const [key, entry] of this.entries) {
      const isExpired = entry.until !== undefined && entry.until <= now;
      const isFull = this.entries.size >= maxEntries || this.totalWeight + weight > maxWeight;
      if (!isExpired && !isFull) return;
      const isSpared = !isExpired && entry.isUsed && entry.until === undefined;
      this.entries.delete(key);
      if (!isSpared) {
        this.totalWeight -= entry.weight;
        continue;
      }
      entry.isUsed = false;
      // Behind all others: this loop comes to it again when none of them could be evicted.
      this.entries.set(key, entry);
    }
  }
}

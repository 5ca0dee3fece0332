const MAX_ENTRIES = 1_000;
/** Longer texts are rare, and a few of them must not fill the cache. In UTF-16 code units, as all lengths here. */
const MAX_TEXT_LENGTH = 16 * 1024;
/** A parsed document takes up to 130 bytes for each code unit of its text, so this keeps a cache below 100 MB. */
const MAX_TOTAL_LENGTH = 750_000;

interface Entry<Value> {
  value: Value;
  length: number;
}

/** What was found out about texts that callers sent, such as the parsed document. Evicts the least recently used entries. */
export class TextCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private totalLength = 0;

  /** The value of a key; undefined where it was never kept or has been evicted. */
  get(key: string): Value | undefined {
    const found = this.entries.get(key);
    if (!found) return undefined;
    this.entries.delete(key);
    this.entries.set(key, found);
    return found.value;
  }

  /** Keeps the value of a text of this length, unless the text is too long. The key is the text itself or its hash. */
  keep(key: string, value: Value, length = key.length): void {
    if (length > MAX_TEXT_LENGTH) return;
    this.evict(key);
    this.entries.set(key, { value, length });
    this.totalLength += length;
    while (this.entries.size > MAX_ENTRIES || this.totalLength > MAX_TOTAL_LENGTH) {
      const [oldest] = this.entries.keys();
      if (oldest === undefined) return;
      this.evict(oldest);
    }
  }

  private evict(key: string): void {
    this.totalLength -= this.entries.get(key)?.length ?? 0;
    this.entries.delete(key);
  }
}

import { BoundedCache } from "../../context/bounded-cache";

const MAX_TEXTS = 1_000;
/** Longer texts are rare, and a few of them must not fill the cache. In UTF-16 code units, as all lengths here. */
const MAX_TEXT_LENGTH = 16 * 1024;
/** A parsed document takes up to 130 bytes for each code unit of its text, so this keeps a cache below 100 MB. */
const MAX_TOTAL_LENGTH = 750_000;

/** Makes a cache of what was found out about texts that callers sent, such as the parsed document. The weight of a value is its text's length. */
export function textCache<Value>(): BoundedCache<string, Value> {
  return new BoundedCache({
    ...{ maxEntries: MAX_TEXTS, maxWeight: MAX_TOTAL_LENGTH, maxEntryWeight: MAX_TEXT_LENGTH },
  });
}

/** The longest search key, in code points; a column of this length holds every key. */
export const SEARCH_KEY_LENGTH = 200;

/** UTF-16 code units of a text that are looked at: twice as many as 200 code points can have. */
const MAX_TEXT_LENGTH = 4 * SEARCH_KEY_LENGTH;

// Accents on Latin, Greek and Cyrillic letters, Arabic vowel signs, and characters that are never seen (soft hyphen,
// zero-width and direction marks). Not all of \p{M}: in other scripts a mark makes another letter (か, が) or a vowel.
const IGNORED = /[\u0300-\u036f\u064b-\u065f\u0670\p{Cf}]/gu;

/**
 * Gives the key under which a name is searched: two texts that differ only in letter case, accents, width of letters
 * or amount of whitespace have equal keys ("Ärzte  GmbH" and "arzte gmbh"). Compare keys by code point; they are for
 * finding, not for display. Any text is allowed; no more than its first 800 UTF-16 code units are looked at, the key has at
 * most 200 code points, and the key of a text without visible characters is empty. Source: the name search of docs/sources.md, customers.
 *
 * - `searchKey(searchKey(text))` is `searchKey(text)`.
 * - The key of a beginning of the text is a beginning of the text's key, so a prefix search over keys finds every
 *   text that begins so. Limits: the beginning ends between two characters as a reader counts them, not inside one;
 *   and whitespace at its end is lost, so "ab " finds "abc" too.
 */
export function searchKey(text: string): string {
  const key = text
    .slice(0, MAX_TEXT_LENGTH)
    .normalize("NFKD")
    .replace(IGNORED, "")
    // Lower case alone keeps ß apart from SS and ı from I. Upper case joins them, all but ẞ, which needs ß first.
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    // The only letter whose lower case depends on what follows it: a prefix would end in another letter than the word.
    .replaceAll("ς", "σ")
    .replace(/\s+/g, " ")
    .trim();
  // A code point takes one unit of length or two.
  if (key.length <= SEARCH_KEY_LENGTH) return key;
  return Array.from(key).slice(0, SEARCH_KEY_LENGTH).join("").trimEnd();
}

/**
 * What is wrong with a text to search by: one without a visible character has an empty key, which every text begins with. An absent
 * or blank one is not looked at.
 */
export function searchTextProblem(field: string, text: string | null | undefined): string | undefined {
  if (!text?.trim() || searchKey(text) !== "") return undefined;
  return `${field} must have a visible character. Leave it out to find everything.`;
}

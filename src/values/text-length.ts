/**
 * Whether a text has more than `max` characters (code points). Counts at most `2 * max` of them, so it may be asked about a
 * text of any length, before anything else is done with the text.
 */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  // A character has one UTF-16 code unit or two.
  return text.length > 2 * max || [...text].length > max;
}

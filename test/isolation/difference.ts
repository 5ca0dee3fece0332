/** What is shown of two texts around the place from which on they differ. */
const SHOWN_BEFORE = 80;
const SHOWN_AFTER = 240;

/** Two texts that differ, each shortened to what stands around the first difference. */
export function difference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const from = Math.max(0, at - SHOWN_BEFORE);
  const around = (text: string) =>
    `${from > 0 ? "…" : ""}${text.slice(from, at + SHOWN_AFTER)}${text.length > at + SHOWN_AFTER ? "…" : ""}`;
  return `${around(one)} | instead of | ${around(other)}`;
}

/** A worker that lived this long was well: its successor starts at once. */
const WELL_AFTER_MS = 30_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;

/** How many workers of one place in a row did not live long, after one that lived `livedMs`. */
export function shortLivesAfter(shortLives: number, livedMs: number): number {
  return livedMs >= WELL_AFTER_MS ? 0 : shortLives + 1;
}

/** How long a place stays empty, in milliseconds: not at all at first, and twice as long after each short life. */
export function restartDelay(shortLives: number): number {
  if (shortLives === 0) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (shortLives - 1), MAX_DELAY_MS);
}

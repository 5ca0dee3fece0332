/**
 * How long a test waits, in milliseconds, for what must come before it fails. Only a failing test waits so long, and on a
 * machine that does other work too, what takes 100 ms can take some seconds.
 */
export const PATIENCE_MS = 30_000;

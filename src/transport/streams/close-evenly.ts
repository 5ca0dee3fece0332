import { setTimeout as pause } from "node:timers/promises";

/** Few are closed at this rate, in milliseconds each: to spread them further would only keep the process waiting. */
const MAX_STEP_MS = 10;

/**
 * Closes many peers one after another, evenly over a time, so that they do not all connect again, elsewhere, in the same moment.
 * Resolves when the last one is closed.
 * @param peers those that are open; `close` is called for each, also for one that is gone meanwhile
 * @param spreadMs over how many milliseconds, at most
 */
export async function closeEvenly<Peer>(
  peers: readonly Peer[],
  spreadMs: number,
  close: (peer: Peer) => Promise<void>,
): Promise<void> {
  const stepMs = Math.min(MAX_STEP_MS, spreadMs / peers.length);
  const startedAt = performance.now();
  const closing: Promise<void>[] = [];
  for (const [n, peer] of peers.entries()) {
    const earlyMs = n * stepMs - (performance.now() - startedAt);
    // A timer is not finer than this.
    if (earlyMs >= 1) await pause(earlyMs);
    closing.push(close(peer));
  }
  await Promise.all(closing);
}

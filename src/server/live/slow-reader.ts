import { setTimeout as pause } from "node:timers/promises";
import { FEW_UNTAKEN, type LiveSink, LONGEST_STALL_MS } from "./live-sink";

/** How often a listener that has fallen behind is looked at: at first, and at most while it takes nothing at all. */
const LOOK_MS = 25;
const MAX_LOOK_MS = 200;

/**
 * Waits until most of what was sent to a listener is taken, or the listener is over.
 * @returns whether it goes on; false for one that took nothing at all for LONGEST_STALL_MS
 */
export async function untilTaken(sink: LiveSink | undefined, isOver: () => boolean): Promise<boolean> {
  let least = Infinity;
  let since = performance.now();
  for (let lookMs = LOOK_MS; ; lookMs = Math.min(lookMs * 2, MAX_LOOK_MS)) {
    const untaken = sink?.untaken ?? 0;
    if (isOver() || untaken <= FEW_UNTAKEN) return true;
    if (untaken < least) [least, since, lookMs] = [untaken, performance.now(), LOOK_MS];
    else if (performance.now() - since > LONGEST_STALL_MS) return false;
    await pause(lookMs, undefined, { ref: false });
  }
}

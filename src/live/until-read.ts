import { setTimeout as pause } from "node:timers/promises";
import { LOW_WATERMARK, type LiveSink, MAX_STALL_MS } from "./live-sink";

/** How often a listener that reads slowly is looked at, in milliseconds: at first, and at most while it takes nothing at all. */
const LOOK_MS = 25;
const MAX_LOOK_MS = 200;

/**
 * Waits until a listener has read most of what was sent to it. What counts is progress: one whose link is slow may take as
 * long as it needs, as long as the network takes some bytes at least every `stallMs` (milliseconds).
 * @param isOver whether nobody waits any more
 * @returns false when nothing at all was taken for `stallMs`
 */
export async function untilRead(
  sink: Pick<LiveSink, "bufferedBytes" | "taken">,
  isOver: () => boolean,
  stallMs = MAX_STALL_MS,
): Promise<boolean> {
  let { taken } = sink;
  let since = performance.now();
  for (let lookMs = LOOK_MS; !isOver() && sink.bufferedBytes > LOW_WATERMARK; lookMs *= 2) {
    if (sink.taken !== taken) {
      ({ taken } = sink);
      [since, lookMs] = [performance.now(), LOOK_MS];
    } else if (performance.now() - since > stallMs) return false;
    await pause(Math.min(lookMs, MAX_LOOK_MS), undefined, { ref: false });
  }
  return true;
}

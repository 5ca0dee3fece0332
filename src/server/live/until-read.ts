import { setTimeout as pause } from "node:timers/promises";
import { FEW_UNTAKEN, type LiveSink, LONGEST_STALL_MS } from "./live-sink";

/** How often a listener that reads slowly is looked at, in milliseconds. */
const LOOK_MS = 25;

/**
 * Waits until a listener has read most of what was sent to it. What counts is progress: one whose link is slow may take as
 * long as it needs, as long as the network takes some bytes at least every `stallMs` (milliseconds).
 * @param isOver whether nobody waits any more
 * @returns false when nothing at all was taken for `stallMs`
 */
export async function untilRead(
  sink: Pick<LiveSink, "untaken" | "taken">,
  isOver: () => boolean,
  stallMs = LONGEST_STALL_MS,
): Promise<boolean> {
  let { taken } = sink;
  let since = performance.now();
  while (!isOver() && sink.untaken > FEW_UNTAKEN) {
    if (sink.taken !== taken) {
      ({ taken } = sink);
      since = performance.now();
    } else if (performance.now() - since > stallMs) return false;
    await pause(LOOK_MS, undefined, { ref: false });
  }
  return true;
}

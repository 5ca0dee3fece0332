import type { Ears } from "./ears";
import type { Ground } from "./ground";
import { type Remote, startProcess } from "./remote-process";

export type { Remote } from "./remote-process";

/** Starts a process for listeners, so that what they cost is not taken from the ones who write and watch. */
export function startEars(ground: Ground): Remote<Ears> {
  return startProcess<Ears>(ground, "ears-child.ts");
}

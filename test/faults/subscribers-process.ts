import type { EventSubscribers } from "./event-subscribers";
import type { FaultEnvironment } from "./fault-environment";
import { type Remote, startProcess } from "./remote-process";

export type { Remote } from "./remote-process";

/** Starts a process for listeners, so that what they cost is not taken from the ones who write and watch. */
export function startSubscribers(faultEnvironment: FaultEnvironment): Remote<EventSubscribers> {
  return startProcess<EventSubscribers>(faultEnvironment, "subscribers-child.ts");
}

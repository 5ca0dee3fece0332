import { withFaultEnvironment } from "./fault-environment";
import type { Summary } from "./statistics";
import { gatherStorm, checkStorm, type StormSize } from "./storm";

/** How much of it. */
export interface CutListenersOptions extends StormSize {
  /** How often each listener is cut off. */
  cuts: number;
  events: number;
  /** Events a second. */
  rate: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface CutListenersReport {
  deliveries: number;
  resumed: number;
  /** Of events that happened while their listener was connected. */
  delayMs: Summary;
  deliveriesPerSecond: number;
  seconds: number;
}

/**
 * Cuts every listener off again and again while events are recorded; each resumes with its last cursor on a node drawn at
 * random. Then each must have heard every event of its organization once, in order.
 */
export function cutListeners(options: CutListenersOptions): Promise<CutListenersReport> {
  return withFaultEnvironment(options.longest * 1000, async (faultEnvironment) => {
    const { organizations, writer, subscribers, ...storm } = await gatherStorm(faultEnvironment, options);
    const { events, rate, cuts } = options;
    const began = performance.now();
    await Promise.all([
      writer.write({ organizations, events, rate }),
      subscribers.cutOff(cuts, (events / rate) * 1000),
    ]);
    const { outside } = await subscribers.delaysWithin([]);
    const heard = await checkStorm(faultEnvironment, { writer, subscribers });
    const seconds = Math.round((performance.now() - began) / 1000);
    if (heard.resumed < options.listeners * cuts)
      throw new Error(`only ${heard.resumed} listeners came back`);
    if (!storm.nodes.every(({ isUp }) => isUp)) throw new Error("a server ended");
    return {
      deliveries: heard.deliveries,
      resumed: heard.resumed,
      delayMs: outside,
      deliveriesPerSecond: Math.round(heard.deliveries / seconds),
      seconds,
    };
  });
}

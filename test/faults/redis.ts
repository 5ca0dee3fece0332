import { setTimeout as pause } from "node:timers/promises";
import type { PrivateRedis } from "../events/redis-server";
import { withFaultEnvironment } from "./fault-environment";
import type { Summary } from "./statistics";
import { gatherStorm, checkStorm, type StormSize } from "./storm";

/** How much of it. */
export interface LoseRedisOptions extends StormSize {
  /** How often Redis is killed and started again. */
  kills: number;
  events: number;
  /** Events a second. */
  rate: number;
  /** How much later than usual an event may be heard because Redis was away: 1,500 ms. */
  addedWithin: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface LoseRedisReport {
  deliveries: number;
  delayWithRedisMs: Summary;
  delayWithoutMs: Summary;
  seconds: number;
}

/** A server tries to reach a Redis that was away at least this often; until then it is as good as away. */
const RECONNECTING_MS = 2_500;

/** Kills Redis again and again while events are recorded: nothing may be lost, and nothing may be much later than usual. */
export function loseRedis(options: LoseRedisOptions): Promise<LoseRedisReport> {
  return withFaultEnvironment(options.longest * 1000, async (faultEnvironment) => {
    const storm = await gatherStorm(faultEnvironment, options);
    const { organizations, writer, subscribers, redis } = storm;
    const { events, rate, kills, addedWithin } = options;
    const began = performance.now();
    const [spans] = await Promise.all([
      killAtRandom(redis, kills, (events / rate) * 1000),
      writer.write({ organizations, events, rate }),
    ]);
    await subscribers.caughtUp(await writer.heads(), addedWithin * 10);
    const { within, outside } = await subscribers.delaysWithin(spans);
    const { deliveries } = await checkStorm(faultEnvironment, storm);
    if (within.count === 0 || outside.count === 0)
      throw new Error("nothing was heard with Redis, or nothing without");
    const seconds = Math.round((performance.now() - began) / 1000);
    const report = { deliveries, delayWithRedisMs: outside, delayWithoutMs: within, seconds };
    if (within.max > outside.median + addedWithin)
      throw new Error(
        `without Redis an event took ${addedWithin} ms longer than usual: ${JSON.stringify(report)}`,
      );
    return report;
  });
}

/**
 * Kills it once in each of as many equal stretches of time, and gives when it was away: for three to five seconds, since what
 * is missed in less than the nodes take to look at the log would be made good by the next bell.
 */
async function killAtRandom(redis: PrivateRedis, kills: number, overMs: number): Promise<[number, number][]> {
  const spans: [number, number][] = [];
  const eventSlice = overMs / kills;
  for (let n = 0; n < kills; n++) {
    const before = Math.random() * eventSlice * 0.2;
    const away = 3_000 + Math.random() * 2_000;
    await pause(before);
    const killedAt = Date.now();
    await redis.kill();
    await pause(away);
    await redis.start();
    spans.push([killedAt, Date.now() + RECONNECTING_MS]);
    await pause(Math.max(0, eventSlice - before - (Date.now() - killedAt)));
  }
  return spans;
}

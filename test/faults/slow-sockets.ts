import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { withFaultEnvironment } from "./fault-environment";
import type { ServerNode } from "./server-node";
import type { Summary } from "./statistics";
import { gatherStorm, checkStorm } from "./storm";

/** How much of it. */
export interface SlowSocketsOptions {
  listeners: number;
  /** How many of them stop reading. */
  slow: number;
  events: number;
  /** The length of an event's longest text. */
  bytes: number;
  /** Events a second. */
  rate: number;
  /** Events that everybody reads beforehand, so that what a busy server needs is not counted as growth. */
  warmUp: number;
  /** What the server may grow by, in megabytes: 100. */
  growthWithin: number;
  /** What 99 of 100 deliveries to the others may take: 250 ms, on a machine of its own. */
  p99Within: number;
  /** How many of the slow ones must have been told SLOW_CONSUMER, or been cut off, by the end. */
  letGo: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface SlowSocketsReport {
  warmMb: number;
  largestMb: number;
  /** Of the listeners that read. */
  delayMs: Summary;
  /** Slow listeners that were told SLOW_CONSUMER, and those whose line was ended; the others just went on. */
  letGo: number;
  ended: number;
  deliveries: number;
  seconds: number;
}

/**
 * Has some of an organization's listeners stop reading while large events are recorded. The server must live and not grow
 * much, the others must not notice, and the slow ones, when they read again, must get everything that they missed.
 */
export function slowSockets(options: SlowSocketsOptions): Promise<SlowSocketsReport> {
  return withFaultEnvironment(options.longest * 1000, async (faultEnvironment) => {
    const { listeners, slow, events, bytes, rate, warmUp } = options;
    const storm = await gatherStorm(faultEnvironment, { nodes: 1, organizations: 1, listeners, sse: false });
    const { organizations, writer, subscribers, nodes } = storm;
    const [node] = nodes;
    if (!node) throw new Error("there is no server");
    const write = (count: number) => writer.write({ organizations, events: count, rate, bytes, most: 1 });
    await subscribers.caughtUp(await write(warmUp), CATCHING_UP_MS);
    await pause(1_000);
    await subscribers.forgetDelays();
    const memory = new Memory(node);
    const began = performance.now();
    await subscribers.stopReading(slow);
    const behind = await subscribers.caughtUp(await write(events), CATCHING_UP_MS);
    const { outside: delayMs } = await subscribers.delaysWithin([]);
    const largestMb = memory.stop();
    if (behind > 0)
      throw new Error(`${behind} listeners that read are behind: the rate is too high for this machine`);
    if (!node.isUp) throw new Error(`the server ended:\n${node.lastWords}`);
    await subscribers.readOn();
    const { resumed: ended, ...heard } = await checkStorm(faultEnvironment, storm);
    const { warmMb } = memory;
    const seconds = Math.round((performance.now() - began) / 1000);
    const { letGo, deliveries } = heard;
    const report = { warmMb, largestMb, delayMs, letGo, ended, deliveries, seconds };
    check(options, report);
    return report;
  });
}

const CATCHING_UP_MS = 60_000;

function check({ growthWithin, p99Within, letGo }: SlowSocketsOptions, report: SlowSocketsReport): void {
  const problems = [
    report.largestMb - report.warmMb > growthWithin && `it grew by more than ${growthWithin} MB`,
    report.delayMs.p99 > p99Within && `one in a hundred deliveries took more than ${p99Within} ms`,
    report.ended < letGo && `fewer than ${letGo} slow listeners were let go`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Error(`${problems.join("; ")}: ${JSON.stringify(report)}`);
}

/** Watches how much memory a server takes. */
export class Memory {
  /** What it takes as the watching begins. */
  readonly warmMb: number;
  private largest: number;
  private readonly watching: NodeJS.Timeout;

  constructor(node: ServerNode) {
    this.warmMb = this.largest = residentMb(node.pid);
    const look = () => (this.largest = Math.max(this.largest, residentMb(node.pid)));
    this.watching = setInterval(look, 250).unref();
  }

  /** Ends the watching; the most that it took. */
  stop(): number {
    clearInterval(this.watching);
    return this.largest;
  }
}

/** What a process takes of the machine's memory, as the kernel says; 0 when it is gone. */
export function residentMb(pid: number): number {
  try {
    const [, kilobytes = "0"] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return 0;
  }
}

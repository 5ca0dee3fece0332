import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { slopeOf } from "../../bench/process/slope";
import { PrivateRedis } from "../events/redis-server";
import { type Crowd, makeCrowd } from "./crowd";
import type { EventSubscribers } from "./event-subscribers";
import { startSubscribers } from "./subscribers-process";
import { figuresOf } from "./figures-of";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import { type LoadReport, MixedLoad } from "./mixed-load";
import { PatientClient } from "./patient-client";
import type { Probe, ProbeReport } from "./probe";
import { type Remote, startProcess } from "./remote-process";
import { freePort, type ServerNode } from "./server-node";
import { residentMb } from "./slow-sockets";
import { checkStorm } from "./storm";
import { Writer } from "./writer";

/** How much of it. */
export interface SoakOptions {
  /** How long the load lasts, after the warm-up, in seconds. */
  seconds: number;
  /** Seconds of the same load before anything is measured. */
  warmUp: number;
  /** Seconds in which is found out how many requests the server can answer. */
  calibration: number;
  /** Listeners that come and go, and after how many seconds each comes back, on average. */
  listeners: number;
  churn: number;
  /** By how much each may grow over ten minutes, at the slope that was measured: megabytes, descriptors, milliseconds. */
  memoryWithin: number;
  descriptorsWithin: number;
  lagWithin: number;
  /** What 99 of 100 answers to the probe may take, and all of them, in milliseconds. */
  probeP99: number;
  probeMax: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface SoakReport {
  /** Requests a second that the server could answer, and that it was asked. */
  full: number;
  half: LoadReport;
  probe: ProbeReport;
  deliveries: number;
  resumed: number;
  /** By how much each grows in ten minutes: the slope, within so much with a certainty of 95 %; and how it was at the end. */
  memoryMb: Trend;
  heapMb: Trend;
  descriptors: Trend;
  lagP99Ms: Trend;
}

/** How something changed over time. */
export interface Trend {
  perTenMinutes: number;
  within: number;
  last: number;
}

interface Sample {
  /** Seconds since the measuring began. */
  at: number;
  memoryMb: number;
  heapMb: number;
  descriptors: number;
  lagP99Ms: number;
}

const ORGANIZATIONS = 5;
const CUSTOMERS_EVENTS = 200;
const CLIENTS = 20;
const PROBE_MS = 20;
const SAMPLES = 60;
const FD_SPARE_MS = 1_000;

/**
 * Asks a server for half of what it can answer, with requests of every kind, while listeners come and go. Its memory, its open
 * descriptors and the lag of its event loop must stay flat, and a probe from another process must be answered at once.
 */
export function soak(options: SoakOptions): Promise<SoakReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const scene = await setScene(faultEnvironment, options);
    const { node, load, subscribers, probe, writer } = scene;
    const { requestsPerSecond: full } = await load.run({
      clients: CLIENTS,
      forMs: options.calibration * 1_000,
    });
    const pace = { clients: CLIENTS, rate: full / 2 };
    const lasting = (options.warmUp + options.seconds) * 1_000;
    const cutting = subscribers.cutOff(Math.ceil(lasting / 1_000 / options.churn), lasting);
    await load.run({ ...pace, forMs: options.warmUp * 1_000 });
    await probe.report();
    const watch = watchNode(faultEnvironment, scene, options.seconds);
    const half = await load.run({ ...pace, forMs: options.seconds * 1_000 });
    const samples = await watch;
    const measured = await probe.stop();
    await cutting;
    if (!node.isUp) throw new Error(`the server ended:\n${node.lastWords}`);
    const { deliveries, resumed } = await checkStorm(faultEnvironment, { writer, subscribers });
    const trend = (of: (sample: Sample) => number) => trendOf(samples, of);
    const report = {
      ...{ full, half, probe: measured, deliveries, resumed },
      memoryMb: trend((sample) => sample.memoryMb),
      heapMb: trend((sample) => sample.heapMb),
      descriptors: trend((sample) => sample.descriptors),
      lagP99Ms: trend((sample) => sample.lagP99Ms),
    };
    check(options, report);
    return report;
  });
}

interface Scene {
  node: ServerNode;
  metricsUrl: string;
  writer: Writer;
  crowd: Crowd;
  subscribers: Remote<EventSubscribers>;
  load: MixedLoad;
  probe: Remote<Probe>;
}

async function setScene(faultEnvironment: FaultEnvironment, { listeners }: SoakOptions): Promise<Scene> {
  const redis = new PrivateRedis(await freePort());
  faultEnvironment.atTheEnd(() => redis.remove());
  await redis.start();
  const metricsPort = await freePort();
  const node = await faultEnvironment.startNode({
    ...{ REDIS_URL: redis.url, METRICS_PORT: String(metricsPort), LIMIT_SENT_BUDGET: "1000000000" },
  });
  const writer = new Writer(faultEnvironment, redis.url);
  const client = new PatientClient(node.url, faultEnvironment.signal);
  const size = { name: "Soak", organizations: ORGANIZATIONS, users: 2, listeners, sse: true };
  const crowd = await makeCrowd(faultEnvironment, writer, client, {
    ...size,
    eventsBehind: CUSTOMERS_EVENTS,
  });
  const subscribers = startSubscribers(faultEnvironment);
  await subscribers.open(crowd.places, [node.url]);
  const { token } = await faultEnvironment.enrolPartner("Probe");
  const probe = startProcess<Probe>(faultEnvironment, "probe-child.ts");
  await probe.start({ url: node.url, token, everyMs: PROBE_MS });
  const load = new MixedLoad(faultEnvironment, crowd, node.url);
  return {
    node,
    writer,
    crowd,
    subscribers,
    probe,
    load,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
  };
}

/** Looks at the server's process again and again, for so many seconds. */
async function watchNode(
  faultEnvironment: FaultEnvironment,
  { node, metricsUrl }: Scene,
  seconds: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  const everyMs = Math.max(FD_SPARE_MS, (seconds * 1_000) / SAMPLES);
  for (const began = performance.now(); performance.now() - began < seconds * 1_000;) {
    await pause(everyMs, undefined, { signal: faultEnvironment.signal });
    const figures = await figuresOf(metricsUrl);
    samples.push({
      at: (performance.now() - began) / 1_000,
      memoryMb: residentMb(node.pid),
      heapMb: figures("nodejs_heap_size_used_bytes") / 1024 / 1024,
      descriptors: readdirSync(`/proc/${node.pid}/fd`).length,
      lagP99Ms: figures("nodejs_eventloop_lag_p99_seconds") * 1_000,
    });
  }
  return samples;
}

function trendOf(samples: Sample[], of: (sample: Sample) => number): Trend {
  const { perUnit, within } = slopeOf(samples.map((sample) => ({ x: sample.at / 600, y: of(sample) })));
  const last = samples[samples.length - 1];
  const rounded = (number: number) => Math.round(number * 10) / 10;
  return { perTenMinutes: rounded(perUnit), within: rounded(within), last: rounded(last ? of(last) : 0) };
}

/** A slope counts as far as it is sure: what scatters is not taken for growth. */
function check(options: SoakOptions, report: SoakReport): void {
  const sure = ({ perTenMinutes, within }: Trend) => perTenMinutes - within;
  const worst = (of: "p99" | "max") => Math.max(report.probe.health[of], report.probe.query[of]);
  const problems = [
    sure(report.memoryMb) > options.memoryWithin && "its memory grows",
    sure(report.descriptors) > options.descriptorsWithin && "its open descriptors grow",
    sure(report.lagP99Ms) > options.lagWithin && "the lag of its event loop grows",
    worst("p99") > options.probeP99 && `one in a hundred answers took more than ${options.probeP99} ms`,
    worst("max") > options.probeMax && `an answer took more than ${options.probeMax} ms`,
    report.probe.failed > 0 && `${report.probe.failed} questions of the probe failed`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Error(`${problems.join("; ")}: ${JSON.stringify(report)}`);
}

import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { PrivateRedis } from "../events/redis-server";
import { aReceiver, hang } from "../webhooks/receiver";
import { type Crowd, makeCrowd } from "./crowd";
import type { EventSubscribers } from "./event-subscribers";
import { startSubscribers } from "./subscribers-process";
import { figuresOf } from "./figures-of";
import { type FaultEnvironment, withFaultEnvironment } from "./fault-environment";
import { PatientClient } from "./patient-client";
import { type Probe, type ProbeReport } from "./probe";
import { type Remote, startProcess } from "./remote-process";
import { freePort, type ServerNode } from "./server-node";
import { Memory } from "./slow-sockets";
import type { Summary } from "./statistics";
import { checkStorm } from "./storm";
import { Writer } from "./writer";

/** How much of it. */
export interface CatchUpOptions {
  /** Organizations with listeners that are behind, and the users of each. */
  organizations: number;
  users: number;
  /** Listeners that are behind, in all. */
  listeners: number;
  /** Events that each of them has to be sent. */
  events: number;
  /** Listeners of other organizations that are up to date, and how many of them stop reading. */
  live: number;
  stalled: number;
  /** Webhook receivers of those organizations that take a request and never answer it. */
  receivers: number;
  /** Events a second for the listeners that are up to date. */
  rate: number;
  /** What 99 of 100 answers to the probe may take, and all of them, in milliseconds. */
  probeP99: number;
  probeMax: number;
  /** What 99 of 100 new events may take to the listeners that are up to date, in milliseconds. */
  liveP99: number;
  /** What the server may grow by, in megabytes. */
  growthWithin: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface CatchUpReport {
  /** Before anybody was behind. */
  quiet: ProbeReport;
  /** While listeners caught up, and until the stalled ones were let go. */
  probe: ProbeReport;
  /** New events at listeners of other organizations, meanwhile. */
  liveMs: Summary;
  /** How long it took until every listener had everything. */
  catchUpSeconds: number;
  eventsPerSecond: number;
  /** CPU time of the server meanwhile, in milliseconds for 1,000 events: it does not depend on what else the machine does. */
  cpuMsPer1000: number;
  /** Stalled listeners that the server counted, and those that read SLOW_CONSUMER with their cursor when they read on. */
  countedAsSlow: number;
  toldSlow: number;
  warmMb: number;
  largestMb: number;
  /** The longest time for which the server's event loop did nothing else, as it exports it. */
  serverLagMs: number;
}

const LIVE_ORGANIZATIONS = 5;
const PROBE_MS = 20;
const QUIET_MS = 2_000;
const CATCHING_UP_MS = 480_000;
const LETTING_GO_MS = 60_000;

interface Scene {
  node: ServerNode;
  metricsUrl: string;
  writer: Writer;
  behind: Crowd;
  live: Crowd;
  laggingSubscribers: Remote<EventSubscribers>;
  liveSubscribers: Remote<EventSubscribers>;
  probe: Remote<Probe>;
}

/**
 * Has many listeners catch up at once, with an object of each event that is read from the database, while others are up to
 * date, some stop reading and webhook receivers hang. A probe from another process must be answered at once all the time,
 * and the others must get new events in time. Everybody gets everything.
 */
export function catchUp(options: CatchUpOptions): Promise<CatchUpReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const scene = await setScene(faultEnvironment, options);
    const { node, writer, behind, live, laggingSubscribers, liveSubscribers, probe } = scene;
    await pause(QUIET_MS);
    const quiet = await probe.report();
    const memory = new Memory(node);
    await liveSubscribers.stopReading(options.stalled);
    const writing = keepWriting(faultEnvironment, scene, options.rate);
    const began = performance.now();
    const cpuBefore = cpuMs(node.pid);
    await laggingSubscribers.open(behind.places, [node.url]);
    const late = await laggingSubscribers.caughtUp(await writer.heads(), CATCHING_UP_MS);
    const catchUpSeconds = (performance.now() - began) / 1_000;
    const cpuSpent = cpuMs(node.pid) - cpuBefore;
    if (late > 0) throw new Error(`${late} listeners have not caught up`);
    const countedAsSlow = await untilLetGo(scene, options.stalled);
    const measured = await probe.stop();
    await writing.stop();
    await liveSubscribers.caughtUp(await writer.heads(), LETTING_GO_MS);
    const { outside: liveMs } = await liveSubscribers.delaysWithin([]);
    const largestMb = memory.stop();
    const serverLagMs = (await figuresOf(scene.metricsUrl))("nodejs_eventloop_lag_max_seconds") * 1_000;
    if (!node.isUp) throw new Error(`the server ended:\n${node.lastWords}`);
    await liveSubscribers.readOn();
    await checkStorm(faultEnvironment, { writer, subscribers: laggingSubscribers });
    const { letGo: toldSlow } = await checkStorm(faultEnvironment, { writer, subscribers: liveSubscribers });
    const report = {
      ...{ quiet, probe: measured, liveMs, countedAsSlow, toldSlow, warmMb: memory.warmMb, largestMb },
      catchUpSeconds: Math.round(catchUpSeconds * 10) / 10,
      eventsPerSecond: Math.round((behind.places.length * options.events) / catchUpSeconds),
      cpuMsPer1000: Math.round((cpuSpent / (behind.places.length * options.events)) * 10_000) / 10,
      serverLagMs: Math.round(serverLagMs),
    };
    check(options, live, report);
    return report;
  });
}

async function setScene(faultEnvironment: FaultEnvironment, options: CatchUpOptions): Promise<Scene> {
  const redis = new PrivateRedis(await freePort());
  faultEnvironment.atTheEnd(() => redis.remove());
  await redis.start();
  const metricsPort = await freePort();
  const node = await faultEnvironment.startNode({
    ...{ REDIS_URL: redis.url, METRICS_PORT: String(metricsPort), LIMIT_SENT_BUDGET: "1000000000" },
    ...{ WEBHOOK_DELIVERIES_AT_ONCE: "10", WEBHOOKS_ALLOW_INSECURE: "on" },
  });
  const writer = new Writer(faultEnvironment, redis.url);
  const client = new PatientClient(node.url, faultEnvironment.signal);
  const { organizations, users, listeners, events } = options;
  const crowd = { name: "Behind", organizations, users, listeners, eventsBehind: events, sse: true };
  const behind = await makeCrowd(faultEnvironment, writer, client, crowd);
  const others = { name: "Live", organizations: LIVE_ORGANIZATIONS, users: 2, eventsBehind: 0, sse: false };
  const live = await makeCrowd(faultEnvironment, writer, client, { ...others, listeners: options.live });
  for (let n = 0; n < options.receivers; n++) await hangingReceiver(faultEnvironment, client, live, n);
  const { token } = await faultEnvironment.enrolPartner("Probe");
  const scene = { node, writer, behind, live, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
  const liveSubscribers = startSubscribers(faultEnvironment);
  await liveSubscribers.open(live.places, [node.url]);
  const probe = startProcess<Probe>(faultEnvironment, "probe-child.ts");
  await probe.start({ url: node.url, token, everyMs: PROBE_MS });
  return { ...scene, laggingSubscribers: startSubscribers(faultEnvironment), liveSubscribers, probe };
}

const REGISTER = `mutation ($url: String!) { createWebhookEndpoint(input: { url: $url }) {
  endpoint { id } userErrors { code message } } }`;

async function hangingReceiver(
  { atTheEnd }: FaultEnvironment,
  client: PatientClient,
  { organizations }: Crowd,
  n: number,
): Promise<void> {
  const receiver = await aReceiver();
  atTheEnd(() => receiver.close());
  receiver.answer(hang);
  const { token = "" } = organizations[n % organizations.length] ?? {};
  const { createWebhookEndpoint: made } = await client.ask(token, REGISTER, { url: receiver.url });
  if (!made.endpoint) throw new Error(`no endpoint was made: ${JSON.stringify(made)}`);
}

/** Records events of the customers of the listeners that are up to date, one at a time, until it is stopped. */
function keepWriting(
  faultEnvironment: FaultEnvironment,
  { writer, live }: Scene,
  rate: number,
): { stop(): Promise<void> } {
  let isOver = false;
  const write = async () => {
    const began = performance.now();
    for (let n = 0; !isOver; n++) {
      faultEnvironment.signal.throwIfAborted();
      await pause(Math.max(0, began + (n / rate) * 1_000 - performance.now()));
      const { organization, customerId } = live.customers[n % live.customers.length] ?? {};
      if (organization) await writer.record(organization, 1, "Live", customerId);
    }
  };
  const writing = write();
  writing.catch(() => undefined);
  return {
    stop: () => {
      isOver = true;
      return writing;
    },
  };
}

/** Waits until the server has counted so many slow listeners; gives how many it has. */
async function untilLetGo({ metricsUrl }: Scene, wanted: number): Promise<number> {
  for (const until = performance.now() + LETTING_GO_MS; ; await pause(200)) {
    const counted = (await figuresOf(metricsUrl))("partnergraph_live_slow_consumers_total");
    if (counted >= wanted || performance.now() > until) return counted;
  }
}

/** The CPU time that a process has taken, in milliseconds. The kernel counts it in hundredths of a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function check(options: CatchUpOptions, live: Crowd, report: CatchUpReport): void {
  const { probe, liveMs, countedAsSlow, toldSlow } = report;
  const { probeP99, probeMax, liveP99, stalled, growthWithin } = options;
  const worst = (of: "p99" | "max") => Math.max(probe.health[of], probe.query[of]);
  const problems = [
    worst("p99") > probeP99 && `one in a hundred answers took more than ${probeP99} ms`,
    worst("max") > probeMax && `an answer took more than ${probeMax} ms`,
    probe.failed > 0 && `${probe.failed} questions of the probe failed`,
    liveMs.p99 > liveP99 && `one in a hundred new events took more than ${liveP99} ms`,
    liveMs.count === 0 && live.places.length > options.stalled && "no new event was heard",
    countedAsSlow !== stalled && `${countedAsSlow} of ${stalled} stalled listeners were counted`,
    toldSlow !== stalled && `${toldSlow} of ${stalled} stalled listeners were told SLOW_CONSUMER`,
    report.largestMb - report.warmMb > growthWithin && `it grew by more than ${growthWithin} MB`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Error(`${problems.join("; ")}: ${JSON.stringify(report)}`);
}

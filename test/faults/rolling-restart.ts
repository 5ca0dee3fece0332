import { setTimeout as pause } from "node:timers/promises";
import { type FaultEnvironment, withFaultEnvironment, type Organization } from "./fault-environment";
import { type Haproxy, startHaproxy } from "./haproxy";
import { same } from "./check-acceptances";
import type { ServerNode } from "./server-node";
import { summary, type Summary } from "./statistics";
import { SteadyLoad, type LoadReport } from "./steady-load";
import { gatherStorm, checkStorm, type Storm, type StormSize } from "./storm";

/** How much of it. */
export interface RollingRestartOptions extends StormSize {
  /** How often each server is restarted. */
  rounds: number;
  /** Requests a second. */
  requests: number;
  /** Events a second. */
  rate: number;
  /** SHUTDOWN_DELAY_SECONDS and SHUTDOWN_SPREAD_SECONDS of the servers. */
  delay: number;
  spread: number;
  /** How often the load balancer sends a request elsewhere that reached no server. */
  retries: number;
  /** How many of all listeners may come back within one second, in percent. */
  peakPercent: number;
  /** The run fails when it takes longer, in seconds. */
  longest: number;
}

/** What was measured; all that must hold has held when this is given. */
export interface RollingRestartReport {
  restarts: number;
  load: LoadReport;
  deliveries: number;
  resumed: number;
  /** The most listeners that came back within one second, in percent of all. */
  peakPercent: number;
  stopMs: Summary;
  /** How long each start took until `/readyz` said ready. */
  startMs: Summary;
  /** What the load balancer's log says besides good answers. */
  proxy: Record<string, number>;
  seconds: number;
}

/** A stop in order takes no longer: Kubernetes kills after as much. */
const MAX_STOP_MS = 30_000;

/** How long a server that has started may take until the balancer sends it requests: two of its checks. */
const NOTICED_MS = 1_500;

const LIST = "query Customers { customers(first: 10) { totalCount nodes { id } } }";
const INVITE = `mutation Invite($email: String!, $key: String!) {
  inviteCustomer(input: { recipientEmail: $email, idempotencyKey: $key }) { invitation { id } userErrors { code } } }`;

/**
 * Restarts servers behind a load balancer one after another, again and again, while requests and listeners come through it. No request
 * may fail, no event may be lost, and the listeners of a server that stops must not all come back at once.
 */
export function rollingRestart(options: RollingRestartOptions): Promise<RollingRestartReport> {
  return withFaultEnvironment(options.longest * 1_000, async (faultEnvironment) => {
    const began = performance.now();
    const { delay, spread } = options;
    const environment = {
      SHUTDOWN_DELAY_SECONDS: String(delay),
      SHUTDOWN_SPREAD_SECONDS: String(spread),
    };
    let proxy: Haproxy | undefined;
    const proxyInFront = async (nodes: ServerNode[]) => {
      const urls = nodes.map(({ url }) => url);
      const started = await startHaproxy(urls, options.retries);
      faultEnvironment.atTheEnd(() => started.stop());
      proxy = started;
      return [started.url];
    };
    const storm = await gatherStorm(faultEnvironment, { ...options, environment, connectTo: proxyInFront });
    const load = new SteadyLoad(storm.urls[0] ?? "", requestsOf(storm.organizations));
    const loading = load.run(options.requests, faultEnvironment.signal);
    const stopMs = await whileWriting(storm, options.rate, () =>
      restartAll(faultEnvironment, storm.nodes, options.rounds),
    );
    load.stop();
    await loading;
    const peak = await storm.subscribers.mostReturnsWithin(1_000);
    const heard = await checkStorm(faultEnvironment, storm);
    const report: RollingRestartReport = {
      restarts: stopMs.length,
      load: load.report(),
      deliveries: heard.deliveries,
      resumed: heard.resumed,
      peakPercent: Math.round((1_000 * peak) / options.listeners) / 10,
      stopMs: summary(stopMs),
      startMs: summary(storm.nodes.flatMap(({ readyAfter }) => readyAfter)),
      proxy: proxy?.logged() ?? {},
      seconds: Math.round((performance.now() - began) / 1_000),
    };
    check(report, options);
    return report;
  });
}

/** Reads by three in four, and changes with a key by the others. */
function requestsOf(organizations: Organization[]) {
  return (n: number) => {
    const { token = "" } = organizations[n % organizations.length] ?? {};
    if (n % 4 !== 0) return { token, query: LIST, variables: {} };
    return { token, query: INVITE, variables: { email: `load-${n}@shop.example`, key: `load-${n}` } };
  };
}

/** Records events at a rate for as long as some work takes. */
async function whileWriting<T>(
  { writer, organizations }: Storm,
  rate: number,
  work: () => Promise<T>,
): Promise<T> {
  let isOver = false;
  const writing = (async () => {
    while (!isOver) await writer.write({ organizations, events: Math.max(1, rate), rate });
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await writing;
  }
}

/** Restarts each server in turn; how long each took to stop, in milliseconds. */
async function restartAll(
  { signal }: FaultEnvironment,
  nodes: ServerNode[],
  rounds: number,
): Promise<number[]> {
  const stopMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      same("the exit code of a server that was told to stop", await node.stop(), 0);
      stopMs.push(performance.now() - startedAt);
      await node.start();
      await pause(NOTICED_MS);
    }
  }
  return stopMs;
}

function check(report: RollingRestartReport, { listeners, nodes, peakPercent }: RollingRestartOptions): void {
  const words = JSON.stringify(report);
  if (report.load.failed > 0) throw new Error(`requests failed: ${words}`);
  if (report.stopMs.max > MAX_STOP_MS) throw new Error(`a stop took too long: ${words}`);
  if (report.resumed < (listeners / nodes) * 0.5) throw new Error(`the listeners were not moved: ${words}`);
  if (report.peakPercent > peakPercent) throw new Error(`too many listeners came back at once: ${words}`);
}

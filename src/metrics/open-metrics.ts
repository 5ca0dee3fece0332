import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Config } from "../config/config";
import { Connections } from "../transport/connections/connections";
import { measureLoopLag } from "./loop-lag";
import { noMeter, type Meter } from "./meter";
import { openMetricsEndpoint } from "./metrics-endpoint";
import { type Prometheus, PrometheusMeter } from "./prometheus-meter";

/** A server's figures: where it counts them, and their endpoint. */
export interface Metrics {
  meter: Meter;
  /**
   * Serves them; gives the address, where there is one.
   * @throws MetricsRefused the address cannot be listened on
   */
  serve(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The primary of several workers, to whom a worker tells its figures. */
export interface FiguresLine {
  readonly number: number;
  onFiguresAsked(tell: () => Promise<object[]>): void;
}

const nothing = () => Promise.resolve();

/**
 * Counts, if the operator wants to see it: by itself a server serves `/metrics`, as one of several workers it tells the
 * primary.
 */
export async function openMetrics(
  { metrics: address }: Pick<Config, "metrics">,
  log: Logger,
  connections: Connections,
  primary?: FiguresLine,
): Promise<Metrics> {
  if (!address) return { meter: noMeter, serve: () => Promise.resolve(undefined), close: nothing };
  const prometheus = await loadPrometheus();
  const { registry, stopMeasuring } = openRegistry(prometheus, primary && String(primary.number));
  const meter = new PrometheusMeter(prometheus, registry);
  let close = nothing;
  const serve = async () => {
    if (primary) return void primary.onFiguresAsked(() => registry.getMetricsAsJSON());
    const endpoint = await openMetricsEndpoint(address, { log, connections }, () => registry.metrics());
    close = endpoint.close;
    return endpoint.url;
  };
  return {
    meter,
    serve,
    close: () => {
      stopMeasuring();
      return close();
    },
  };
}

/**
 * Serves the figures of a primary and of its workers, each with the label `worker`; gives back what ends that.
 * @throws MetricsRefused the address cannot be listened on
 */
export async function serveMetricsOfWorkers(
  { metrics: address, limits }: Pick<Config, "metrics" | "limits">,
  log: Logger,
  ofWorkers: () => Promise<object[][]>,
): Promise<() => Promise<void>> {
  if (!address) return nothing;
  const prometheus = await loadPrometheus();
  const { registry: own, stopMeasuring } = openRegistry(prometheus, "primary");
  const connections = new Connections(limits, log);
  const { close } = await openMetricsEndpoint(address, { log, connections }, async () => {
    const figures = [await own.getMetricsAsJSON(), ...(await ofWorkers())];
    return prometheus.AggregatorRegistry.aggregate(figures).metrics();
  });
  return async () => {
    stopMeasuring();
    await close();
    connections.close();
  };
}

/** Not before somebody wants figures: it takes a twentieth of a start. */
function loadPrometheus(): Promise<Prometheus> {
  return import("prom-client");
}

/** Where figures are kept, with those of the process itself; `worker` tells several processes apart. */
function openRegistry(
  prometheus: Prometheus,
  worker: string | undefined,
): { registry: Registry; stopMeasuring: () => void } {
  const registry = new prometheus.Registry();
  if (worker !== undefined) registry.setDefaultLabels({ worker });
  prometheus.collectDefaultMetrics({ register: registry });
  return { registry, stopMeasuring: measureLoopLag(prometheus, registry) };
}
